#!/usr/bin/python3
"""M/M/1 in SimPy, written the ordinary way, to put beside orchid's: ns per customer.

    tests/bench_simpy.py [--json] [ROUNDS]

prints a line of the kind of tests/bench.h. Debian has SimPy as python3-simpy3.
"""
import json
import random
import statistics
import sys
import time

SKIPPED = 77
CUSTOMERS, UTILISATION, SERVICE_S = 40000, 0.9, 0.01
ROUNDS = 3


def customer(environment, server):
    with server.request() as turn:
        yield turn
        yield environment.timeout(random.expovariate(1 / SERVICE_S))


def source(environment, server):
    for _ in range(CUSTOMERS):
        yield environment.timeout(random.expovariate(UTILISATION / SERVICE_S))
        environment.process(customer(environment, server))


def run(simpy, seed):
    """CPU time (ns) of a customer."""
    random.seed(seed)
    environment = simpy.Environment()
    environment.process(source(environment, simpy.Resource(environment)))
    start = time.process_time_ns()
    environment.run()
    return (time.process_time_ns() - start) / CUSTOMERS


def main(arguments):
    try:
        import simpy
    except ImportError:
        print("SimPy is not installed: tests/benchmarks --install", file=sys.stderr)
        return SKIPPED
    rounds = [int(argument) for argument in arguments if argument != "--json"] or [ROUNDS]
    ns = statistics.median(run(simpy, seed) for seed in range(rounds[0]))
    name = f"M/M/1, SimPy {simpy.__version__}"
    if "--json" in arguments:
        print(json.dumps({"name": name, "unit": "customer", "ns": round(ns, 2), "per_second": round(1e9 / ns),
                          "reference": "M/M/1, device-only"}))
    else:
        print(f"{name:40} {'customer':8} {ns:10.1f} {1e9 / ns:13.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
