"""Guards the cost of a request: instructions counted by valgrind, per customer, round and training step.

    tests/instructions.py ORCHID COMPILER SOURCE_ROOT

runs every workload twice, short and long, and divides the difference of their instructions by the difference of their
decisions, so that starting and setting up cancel out. COMPILER names the rows of tests/instructions.txt to compare with,
such as gcc-12. More than 10 % above them is a failure. With ORCHID_RENEW=1 in the environment the rows are written
instead:

    ORCHID_RENEW=1 meson test -C build --suite guard
"""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

TOLERANCE = 0.10
SKIPPED = 77
JOBS = 2

# Name, unit, scenario, policy, settings of both runs, and the setting that differs.
WORKLOADS = [
    ("M/M/1", "customer", "tests/theory/mm1.yaml", "device-only",
     ["workload.rate=90 /s", "warm_up.time=1 s"], ["stop.time=100 s", "stop.time=500 s"]),
    ("M/G/1-PS", "customer", "tests/theory/mg1_ps.yaml", "device-only",
     ["workload.rate=90 /s", "warm_up.time=1 s"], ["stop.time=100 s", "stop.time=300 s"]),
    ("three tiers, greedy", "request", "scenarios/raspberry_pi.yaml", "greedy",
     ["warm_up.time=1 s"], ["stop.time=200 s", "stop.time=1000 s"]),
    ("1,000 devices, device-only", "request", "scenarios/scale/devices_1000.yaml", "device-only",
     ["warm_up.time=1 s"], ["stop.time=5 s", "stop.time=25 s"]),
    ("1,000 devices, round-robin", "request", "scenarios/scale/devices_1000.yaml", "round-robin",
     ["warm_up.time=1 s"], ["stop.time=5 s", "stop.time=25 s"]),
    ("five users, device-only", "round", "scenarios/online_learning/exp_a.yaml", "device-only",
     [], ["stop.rounds=1000", "stop.rounds=6000"]),
    ("five users, greedy", "round", "scenarios/online_learning/exp_a.yaml", "greedy",
     [], ["stop.rounds=500", "stop.rounds=2500"]),
    ("five users, q-learning", "training round", "scenarios/online_learning/exp_a.yaml", "q-learning",
     ["stop.rounds=200"], ["training=1000", "training=4000"]),
]


def count(orchid, scenario, policy, settings):
    """Instructions and decisions of one run."""
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", orchid, "run", scenario, *settings,
               "--policy", policy, "--replications", "1", "--jobs", "1", "--json", "--quiet"]
    run = subprocess.run(command, capture_output=True, text=True)
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode or not collected:
        sys.exit(f"{' '.join(command)}\n{run.stderr}ended with status {run.returncode}")
    decisions = json.loads(run.stdout)["scenarios"][0]["policies"][0]["decisions"]["mean"]
    training = sum(int(setting[9:]) for setting in settings if setting.startswith("training="))
    return int(collected[1]), decisions + training


def cost(orchid, root, workload):
    """Instructions per unit of a workload."""
    _, _, scenario, policy, settings, lengths = workload
    (few, short), (many, long) = (count(orchid, str(root / scenario), policy, settings + [one]) for one in lengths)
    return (many - few) / (long - short)


def read_baseline(path):
    """{(compiler, name): instructions}"""
    rows = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        if line and not line.startswith("#"):
            compiler, name, instructions = (part.strip() for part in line.split("|"))
            rows[compiler, name] = float(instructions)
    return rows


def write_baseline(path, rows):
    lines = ["# Instructions per unit of each workload of tests/instructions.py, which says how to renew them.",
             "# compiler | workload | instructions"]
    lines += [f"{compiler} | {name} | {instructions:.1f}" for (compiler, name), instructions in sorted(rows.items())]
    path.write_text("\n".join(lines) + "\n")


def main(orchid, compiler, root):
    path = root / "tests/instructions.txt"
    rows, renew = read_baseline(path), "ORCHID_RENEW" in os.environ
    if not shutil.which("valgrind"):
        print("skipped: valgrind is not installed")
        return SKIPPED
    if not renew and not any(row[0] == compiler for row in rows):
        print(f"skipped: no baseline for {compiler} in tests/instructions.txt")
        return SKIPPED
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        costs = list(pool.map(lambda workload: cost(orchid, root, workload), WORKLOADS))
    failed = 0
    print(f"{'instructions, ' + compiler:42} {'now':>9} {'baseline':>9}")
    for (name, unit, *_), now in zip(WORKLOADS, costs):
        before = now if renew else rows.get((compiler, name))
        line = f"{name + ', a ' + unit:42.60} {now:9.1f}"
        if before is None:
            failed += 1
            print(f"{line} {'-':>9}  FAILED: no baseline, renew it")
            continue
        change = now / before - 1
        line += f" {before:9.1f} {change:+7.1%}"
        if change > TOLERANCE:
            failed += 1
            line += f"  FAILED: more than {TOLERANCE:.0%} above; find what costs, or accept it with ORCHID_RENEW=1"
        elif change < -TOLERANCE:
            line += "  cheaper: keep the gain with ORCHID_RENEW=1"
        print(line)
        rows[compiler, name] = now
    if renew:
        write_baseline(path, rows)
    print(f"instructions: {len(WORKLOADS)} tests, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])))
