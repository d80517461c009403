"""Arrival times of requests to a production service of inference, as a scenario replays them.

    traces/azure_arrivals.py TRACE.csv [SECONDS]     prints arrivals, of the first SECONDS where that is given

TRACE.csv is a file of the Azure LLM inference traces (Azure/AzurePublicDataset, CC-BY-4.0): a row for each request, ordered by
its column TIMESTAMP. Times count from the first request.
"""
import csv
import datetime
import sys

HEAD = """\
# When people asked a service of {what}: {count} requests in {seconds} s from {begin} UTC on.
# Derived from the Azure LLM inference traces of 2023 (Azure/AzurePublicDataset, CC-BY-4.0; Patel et al., Splitwise:
# Efficient Generative LLM Inference Using Phase Splitting, ISCA 2024): times since the first request, to the millisecond.
# Requests there were for language models: what is replayed is when people asked, not what. Written by azure_arrivals.py.
"""

WHAT = {"code": "code completion", "conv": "conversation"}


def read_times(path):
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            seconds, fraction = row["TIMESTAMP"].split(".")
            yield datetime.datetime.strptime(seconds, "%Y-%m-%d %H:%M:%S"), float("0." + fraction)


def main(path, limit="inf"):
    times = list(read_times(path))
    begin, fraction = times[0]
    since = [(moment - begin).total_seconds() + part - fraction for moment, part in times]
    kept = [time for time in since if time < float(limit)]
    what = next((words for key, words in WHAT.items() if key in path), "inference")
    print(HEAD.format(what=what, count=len(kept), seconds=limit if limit != "inf" else f"{since[-1]:.0f}", begin=begin),
          end="")
    print("time_s")
    for time in kept:
        print(f"{time:.3f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
