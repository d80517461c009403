"""Checks the house: a file includes headers of its own floor or below, every header compiles alone, no file is too long,
and nothing that learns can see the future.

    tests/floors.py SOURCE_ROOT COMPILER [ARGUMENT ...]
"""
import pathlib
import re
import subprocess
import sys

FLOORS = {
    0: "sim/clock sim/units sim/error sim/memory sim/rng",
    1: "sim/event_queue",
    2: "sim/station sim/node sim/link sim/request sim/topology sim/model sim/profile sim/distribution sim/markov sim/time_series sim/energy sim/metrics",
    3: "sim/scenario sim/config sim/model_file sim/logits_file sim/sample_file sim/sample_table sim/trace sim/time_series_file sim/csv",
    4: "sim/agenda sim/simulation sim/clone sim/journey sim/escalation sim/follow sim/ledger sim/observation sim/objective sim/decision sim/reservation sim/view sim/foresight sim/context sim/resume",
    5: "policies/ vision/",
    6: "analysis/",
    7: "cli/",
}
LINES_MOST = 500

# On one floor, yet the first knows nothing of the second.
APART = "policies/", "vision/"

# Only these open the simulation behind a view, from which the future can be told.
FORESIGHT, FORESEERS = "sim/foresight.h", ("sim/view", "policies/oracle_search", "policies/cascade_oracle", "analysis/")


def floor_of(path):
    """The floor of `path`, a text relative to the root; the longest matching beginning decides."""
    matches = [(len(start), floor) for floor, starts in FLOORS.items() for start in starts.split() if path.startswith(start)]
    return max(matches)[1] if matches else None


def findings(root, compiler):
    for path in sorted(root.glob("*/*.[ch]")):
        name = str(path.relative_to(root))
        if name.startswith("build"):
            continue
        text = path.read_text()
        if text.count("\n") > LINES_MOST:
            yield f"{name}: more than {LINES_MOST} lines"
        if name.startswith("tests/"):
            continue  # tests stand above all floors
        floor = floor_of(name)
        if floor is None:
            yield f"{name}: stands on no floor; add it to the table in tests/floors.py"
            continue
        for include in re.findall(r'^#include "([^"]+)"', text, re.M):
            target = (path.parent / include).resolve()
            if not target.is_relative_to(root) or not target.exists():
                continue  # made by the build
            if target == root / FORESIGHT and not name.startswith(FORESEERS):
                yield f"{name}: includes {FORESIGHT}, which shows the future"
            if name.startswith(APART[0]) and target.is_relative_to(root / APART[1]):
                yield f"{name}: includes {include}, which is built upon {APART[0]}"
            below = floor_of(str(target.relative_to(root)))
            if below is None or below > floor:
                yield f"{name}: floor {floor} includes {include} of floor {below}"
        if path.suffix == ".h":
            alone = subprocess.run(compiler + ["-fsyntax-only", "-x", "c", "-"], input=f'#include "{path}"\n', text=True,
                                   capture_output=True)
            if alone.returncode:
                yield f"{name}: does not compile alone:\n{alone.stderr}"


def main():
    root, compiler = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    found = list(findings(root, compiler))
    print("\n".join(found) if found else "every file stands on its floor")
    print(f"floors: 1 tests, {int(bool(found))} failed")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
