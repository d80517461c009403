"""Reads an export knowing nothing but its dictionary, and comes to the same means and intervals as `orchid compare`.

    tests/read_export.py ORCHID      (ORCHID is the executable; the environment says where scenarios are)

Runs a scenario at two thresholds, exports the database, computes the mean and the 95 % t interval of every column of real
numbers over the runs of equal policy and threshold, and the paired difference to the oracle, and compares. Then exports
the requests of runs with a warm-up, and comes to the figures of each run.
"""
import csv
import math
import os
import sqlite3
import subprocess
import sys
import tempfile

TOLERANCE = 1e-9


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def incomplete_beta(a, b, x):
    """Regularised, by its continued fraction (Lentz)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(1 - x)) / a
    fraction, c, d = 1.0, 1.0, 0.0
    for i in range(200):
        m = i // 2
        if i == 0:
            numerator = 1.0
        elif i % 2 == 0:
            numerator = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            numerator = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + numerator * d)
        c = 1 + numerator / c
        fraction *= c * d
    return front * (fraction - 1)


def t_quantile(degrees):
    """Such that 95 % lie within: by bisection of the distribution function."""
    low, high = 0.0, 1e3
    for _ in range(200):
        middle = (low + high) / 2
        within = 1 - incomplete_beta(degrees / 2, 0.5, degrees / (degrees + middle * middle))
        low, high = (middle, high) if within < 0.95 else (low, middle)
    return low


def interval(values):
    n = len(values)
    mean = math.fsum(values) / n
    if n < 2:
        return n, mean, None
    variance = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    return n, mean, t_quantile(n - 1) * math.sqrt(variance / n)


def metrics_of(folder):
    """The columns of real numbers of runs.csv by their names and units, as the dictionary tells."""
    dictionary = read(os.path.join(folder, "dictionary.csv"))
    return {entry["column"]: entry["unit"] for entry in dictionary
            if entry["file"] == "runs.csv" and entry["type"] == "real"}


SUFFIXES = {"s": "_s", "J": "_j", "B": "_bytes", "1/s": "_per_s", "": ""}


def near(ours, theirs):
    if ours is None or theirs == "":
        return ours is None and theirs == ""
    return abs(ours - float(theirs)) <= TOLERANCE * max(1e-3, abs(ours))


def check_line(line, runs, columns):
    """What is wrong with a line of the comparison, as texts."""
    column = line["metric"] + SUFFIXES[line["unit"]]
    if columns.get(column) != (line["unit"] or "1"):
        yield f"{column}: the dictionary does not know it in {line['unit'] or '1'}"
        return

    def values_of(policy):
        return {(run["seed"], run["replication"]): float(run[column]) for run in runs if run[column] != "" and
                run["policy"] == policy and float(run["objective.threshold_fraction"]) == float(line["threshold"])}

    own, base = values_of(line["policy"]), values_of("oracle")
    if own:
        n, mean, half_width = interval(list(own.values()))
        if n != int(line["n"]) or not near(mean, line["mean"]) or not near(half_width, line["half_width"]):
            yield f"{line['policy']} {column}: {n} {mean} {half_width} here, {line['n']} {line['mean']} {line['half_width']} there"
    elif line["n"] != "0":
        yield f"{line['policy']} {column}: no values here, {line['n']} there"
    if line["test"] == "paired":
        n, mean, half_width = interval([own[key] - base[key] for key in own])
        if not near(mean, line["difference"]) or not near(half_width, line["difference_half_width"]):
            yield f"{line['policy']} {column}: {mean} ± {half_width} here, {line['difference']} ± {line['difference_half_width']} there"


def check_requests(runs, requests):
    """Whether the requests of each run add up to its figures; yields texts."""
    for run in runs:
        own = [request for request in requests if request["run"] == run["run"] and request["recorded"] == "1"]
        finished = [request for request in own if request["status"] == "finished"]
        if len(finished) != float(run["requests_finished"]) or len(own) - len(finished) != float(run["requests_refused"]):
            yield f"run {run['run']}: {len(finished)} of {len(own)} requests finished, {run['requests_finished']} in runs.csv"
            continue
        for column, metric in (("response_s", "response_time_mean_s"), ("accuracy", "accuracy_mean"),
                               ("energy_j", "energy_per_request_j")):
            mean = math.fsum(float(request[column]) for request in finished) / len(finished)
            if not near(mean, run[metric]):
                yield f"run {run['run']}: {column} is {mean} over requests, {metric} {run[metric]} in runs.csv"


def request_findings(orchid, folder, run):
    run("run", "hello", "--policy", "q-learning,oracle", "--replications", "2", "stop.rounds=40", "warm_up.rounds=7",
        "training=100", "--db", "requests.sqlite")
    run("run", "raspberry_pi", "--policy", "greedy", "--replications", "2", "stop.time=40 s", "nodes.odroid.limit=1",
        "--db", "requests.sqlite")
    run("export", "requests.sqlite", "-o", "watched")
    run("export", "requests.sqlite", "--per", "request", "-o", "watched")
    runs = read(os.path.join(folder, "watched", "runs.csv"))
    requests = read(os.path.join(folder, "watched", "requests.csv"))
    described = {entry["file"] for entry in read(os.path.join(folder, "watched", "dictionary.csv"))}
    if len(runs) != 6 or described != {name for name in os.listdir(os.path.join(folder, "watched"))} - {"dictionary.csv"}:
        yield f"{len(runs)} runs, described are {described}"
    if {request["recorded"] for request in requests} != {"0", "1"}:
        yield "no request is of the warm-up"
    yield from check_requests(runs, requests)
    with sqlite3.connect(os.path.join(folder, "requests.sqlite")) as database:
        database.execute("UPDATE runs SET fingerprint = '0123456789abcdef' WHERE run = 3")
    wrong = subprocess.run([orchid, "export", "requests.sqlite", "--per", "request", "-o", "wrong"], capture_output=True,
                           text=True, cwd=folder)
    if wrong.returncode != 2 or "run 3 cannot be run again" not in wrong.stderr or os.path.exists(os.path.join(folder, "wrong")):
        yield f"a run that comes out differently: status {wrong.returncode}, {wrong.stderr}"


def findings(orchid, folder):
    def run(*arguments):
        return subprocess.run([orchid, *arguments], check=True, capture_output=True, text=True, cwd=folder).stdout

    yield from request_findings(orchid, folder, run)
    for threshold in ("80 %", "89 %"):
        run("run", "hello", "--policy", "greedy,random,oracle", "--replications", "5", "stop.rounds=50",
            f"objective.threshold={threshold}", "--db", "results.sqlite")
    run("export", "results.sqlite", "-o", "out")
    columns = metrics_of(os.path.join(folder, "out"))
    runs = read(os.path.join(folder, "out", "runs.csv"))
    stored = sorted({row["metric"] for row in read(os.path.join(folder, "out", "metrics.csv"))})
    text = run("compare", "results.sqlite", "--by", "policy,objective.threshold", "--metric", ",".join(stored), "--csv")
    lines = list(csv.DictReader(text.splitlines()))
    if len(runs) != 30 or len(lines) != 6 * len(stored):
        yield f"{len(runs)} runs, {len(lines)} lines for {len(stored)} metrics"
    for line in lines:
        line["threshold"] = float(line["objective.threshold"].rstrip(" %")) / 100
        yield from check_line(line, runs, columns)


def main():
    with tempfile.TemporaryDirectory() as folder:
        found = list(findings(os.path.abspath(sys.argv[1]), folder))
    print("\n".join(found) if found else "the export gives the same figures as the comparison")
    print(f"read_export: 1 tests, {int(bool(found))} failed")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
