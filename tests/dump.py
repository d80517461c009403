"""Prints what a database of results holds, without what no rerun repeats: dates, times, machines, numbers of rows.

    tests/dump.py DATABASE

Runs stand in their order and are named by their place in it, in every table. Two databases of the same content and order of
runs print the same text.
"""
import pathlib
import sqlite3
import sys

LEFT_OUT = {"run", "experiment", "host", "compiler", "finished_utc", "started_utc", "wall_s", "cpu_s", "simulation_s", "learning_s",
            "planning_s", "command"}


def main():
    database = sqlite3.connect(pathlib.Path(sys.argv[1]).resolve().as_uri() + "?mode=ro", uri=True)
    places = {run: place for place, (run,) in enumerate(database.execute("SELECT run FROM runs ORDER BY run"))}
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
    for table in tables:
        names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        kept = [name for name in names if name not in LEFT_OUT]
        rows = []
        for row in database.execute(f"SELECT {', '.join(names)} FROM {table}"):
            values = dict(zip(names, row))
            place = [places[values["run"]]] if "run" in values else []
            rows.append((place, [repr(values[name]) for name in kept]))
        print(f"{table}: {', '.join(kept)}")
        for place, values in sorted(rows):
            print(" ", *place, "|".join(values))


main()
