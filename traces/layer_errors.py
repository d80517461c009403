"""How far a share of the time by multiply-accumulates is from one that was measured layer by layer.

    traces/layer_errors.py LAYERS.csv LAYER_PROFILES.csv

For every cut of every profiled variant: the share of the macs in the layers before it, less the share of the measured
time, in percentage points of the whole. Prints their mean size, the largest and where that is, as a table for README.md.
"""
import csv
import sys


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def shares(amounts):
    """Of the first k, for k from 0 to all of them."""
    sums = [0.0]
    for amount in amounts:
        sums.append(sums[-1] + amount)
    return [part / sums[-1] for part in sums]


def errors(layers, profile):
    """(percentage points, layer) of every cut that leaves macs on both sides."""
    amount = "mean_ms" if "mean_ms" in profile[0] else "share"
    by_macs = shares([float(row["macs"]) for row in layers])
    by_time = shares([float(row[amount]) for row in profile])
    return [(100 * (macs - time), layer["layer"]) for macs, time, layer in zip(by_macs[1:], by_time[1:], layers)
            if 0 < macs < 1 and layer.get("cut", "yes") == "yes"]


def table(layers, profiles):
    lines = ["| platform | variant | cuts | mean error | largest error | behind |", "|---|---|---|---|---|---|"]
    keys = list(dict.fromkeys((row["platform"], row["model"], row["variant"], row["threads"]) for row in profiles))
    for key in keys:
        profile = [row for row in profiles if (row["platform"], row["model"], row["variant"], row["threads"]) == key]
        found = errors([row for row in layers if row["variant"] == key[2]], profile)
        mean = sum(abs(error) for error, _ in found) / len(found)
        largest = max(found, key=lambda pair: abs(pair[0]))
        lines.append(f"| `{key[0]}` | {key[2]} | {len(found)} | {mean:.1f} points "
                     f"| {largest[0]:+.1f} points | {largest[1]} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(read(sys.argv[1]), read(sys.argv[2])), end="")
