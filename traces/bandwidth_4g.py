"""A bandwidth that steps between levels, fitted to measured ones; and one measured bandwidth as a series for a link.

    traces/bandwidth_4g.py fit FOLDER [--levels 5] [--window 5]     prints it as in bandwidth_4g.csv
    traces/bandwidth_4g.py series TRACE.json                        prints a CSV for `bandwidth: {series: FILE}`

A trace is a JSON list of {"duration_ms": D, "bandwidth_kbps": B} in order, as UMass-LIDS/sabre has them.

fit cuts every trace into windows of so many seconds (shorter changes are noise to whoever decides once a second, and a
rest is dropped), and the windows' means of all traces into equally many for each level. A level is the mean of its
windows, its dwell the mean time that a trace stays in it. The simulator's chain steps to neighbours only, up or down
alike; what follows from that is printed beside what was measured: the fraction of time in each level, mean and
deviation, autocorrelation. Put in front of it where the traces are from.
"""
import argparse
import bisect
import json
import math
import pathlib

LAGS_S = (5, 10, 20, 40, 60, 120)

HEAD = """\
# Fitted by bandwidth_4g.py with windows of {window:g} s to {traces} traces of {seconds:,.0f} s in all. For a link:
#
#   bandwidth: {{levels: [{levels}],
#               dwell: [{dwell}]}}
#
# Mean and deviation, Mbit/s: measured {measured}, of the chain {chain}.
# Autocorrelation, measured and of the chain:
#   {autocorrelation}
level_mbit_per_s,dwell_s,stays,fraction_of_time_measured,fraction_of_time_of_the_chain,provenance"""


def read(path):
    """(s, Mbit/s) of every step."""
    return [(step["duration_ms"] / 1e3, step["bandwidth_kbps"] / 1e3) for step in json.loads(path.read_text())]


def windows(steps, length):
    """Means over `length` seconds each."""
    means, got, left = [], 0.0, length
    for duration, rate in steps:
        while duration > 1e-9:
            part = min(duration, left)
            got, left, duration = got + rate * part, left - part, duration - part
            if left < 1e-9:
                means.append(got / length)
                got, left = 0.0, length
    return means


def stays(trace, level_of, length):
    """(level, s) of every stay, the cut off ones at the ends included."""
    found = []
    for rate in trace:
        level = level_of(rate)
        if found and found[-1][0] == level:
            found[-1][1] += length
        else:
            found.append([level, length])
    return found


def mean(values):
    return sum(values) / len(values)


class Chain:
    """The simulator's: exponential stays, then either neighbour alike."""

    def __init__(self, levels, dwell):
        self.levels, self.dwell = levels, dwell
        ends = (0, len(levels) - 1)
        visits = [stay * (1 if i in ends else 2) for i, stay in enumerate(dwell)]
        self.occupancy = [visit / sum(visits) for visit in visits]

    def mean(self):
        return sum(p * level for p, level in zip(self.occupancy, self.levels))

    def deviation(self):
        return math.sqrt(sum(p * (level - self.mean()) ** 2 for p, level in zip(self.occupancy, self.levels)))

    def autocorrelations(self, lags_s):
        """Solves d f / dt = Q f for the expected level after a time, given the first one, in steps of 10 ms."""
        offset = [level - self.mean() for level in self.levels]
        now, ahead, found, last = 0.0, list(offset), [], len(offset) - 1
        for lag in lags_s:
            while now < lag - 1e-9:
                near = [mean([ahead[j] for j in (i - 1, i + 1) if 0 <= j <= last]) for i in range(last + 1)]
                ahead = [value + 0.01 * (beside - value) / stay for value, beside, stay in zip(ahead, near, self.dwell)]
                now += 0.01
            found.append(sum(p * a * b for p, a, b in zip(self.occupancy, offset, ahead)) / self.deviation() ** 2)
        return found


def autocorrelation(traces, lag, centre, variance):
    products = [(trace[i] - centre) * (trace[i + lag] - centre) for trace in traces for i in range(len(trace) - lag)]
    return mean(products) / variance


def fit(folder, count, length):
    paths = sorted(folder.glob("*.json"))
    traces = [windows(read(path), length) for path in paths]
    every = sorted(rate for trace in traces for rate in trace)
    edges = [every[len(every) * k // count] for k in range(1, count)]
    groups, lengths = [[] for _ in range(count)], [[] for _ in range(count)]
    for rate in every:
        groups[bisect.bisect_right(edges, rate)].append(rate)
    for trace in traces:
        for level, stay in stays(trace, lambda rate: bisect.bisect_right(edges, rate), length):
            lengths[level].append(stay)
    chain = Chain([round(mean(group), 1) for group in groups], [round(mean(stay), 1) for stay in lengths])
    centre = mean(every)
    variance = mean([(rate - centre) ** 2 for rate in every])
    lags = [lag for lag in LAGS_S if lag % length == 0]
    measured = [autocorrelation(traces, int(lag / length), centre, variance) for lag in lags]
    pairs = zip(lags, measured, chain.autocorrelations(lags))
    print(HEAD.format(traces=len(paths), seconds=sum(map(len, traces)) * length, window=length,
                      levels=", ".join(f"{level:g} Mbit/s" for level in chain.levels),
                      dwell=", ".join(f"{stay:g} s" for stay in chain.dwell),
                      measured=f"{centre:.1f} and {math.sqrt(variance):.1f}",
                      chain=f"{chain.mean():.1f} and {chain.deviation():.1f}",
                      autocorrelation=", ".join(f"{a:.2f} {b:.2f} ({lag} s)" for lag, a, b in pairs)))
    for level, stay, found, group, p in zip(chain.levels, chain.dwell, lengths, groups, chain.occupancy):
        print(f"{level:g},{stay:g},{len(found)},{len(group) / len(every):.3f},{p:.3f},derived")


def series(path):
    """An outage is 1 bit/s, the least that a series may have."""
    print(f"# {path.name}, converted by bandwidth_4g.py\ntime_s,bit_per_s")
    now = 0.0
    for duration, rate in read(path):
        print(f"{now:.3f},{max(1e6 * rate, 1):.0f}")
        now += duration


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    fitting = commands.add_parser("fit")
    fitting.add_argument("folder", type=pathlib.Path)
    fitting.add_argument("--levels", type=int, default=5)
    fitting.add_argument("--window", type=float, default=5)
    commands.add_parser("series").add_argument("trace", type=pathlib.Path)
    given = parser.parse_args()
    if given.command == "fit":
        fit(given.folder, given.levels, given.window)
    else:
        series(given.trace)


if __name__ == "__main__":
    main()
