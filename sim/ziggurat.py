"""Writes the tables of the exponential ziggurat as a C file: sim/ziggurat.py OUTPUT.

Marsaglia and Tsang, The ziggurat method for generating random variables, J. Stat. Softw. 5(8), 2000: 256 layers of equal
area V under exp(-x), the lowest with the tail beyond R.
"""
import math
import sys

LAYERS, R = 256, 7.69711747013104972
V = math.exp(-R) * (R + 1)  # the base layer is the rectangle up to R and the tail


def edges():
    """Right edges of the layers, from the base upwards, and 0 at the top."""
    x = [V / math.exp(-R), R]
    while len(x) < LAYERS:
        x.append(-math.log(V / x[-1] + math.exp(-x[-1])))
    return x + [0.0]


def table(name, values):
    rows = ",\n    ".join(repr(value) for value in values)
    return f"const double {name}[{LAYERS + 1}] = {{\n    {rows},\n}};\n"


x = edges()
with open(sys.argv[1], "w") as output:
    output.write(table("rng_ziggurat_x", x) + table("rng_ziggurat_f", [math.exp(-value) for value in x]))
