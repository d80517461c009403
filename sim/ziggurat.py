"""Writes the tables of two ziggurats as a C file: sim/ziggurat.py OUTPUT.

Marsaglia and Tsang, The ziggurat method for generating random variables, J. Stat. Softw. 5(8), 2000: 256 layers of equal
area under a falling density, the lowest with the tail beyond R. R is where the layers end at the top of the density.
"""
import math
import sys

LAYERS = 256


def edges(r, density, inverse, tail_area):
    """Right edges of the layers, from the base upwards, and 0 at the top."""
    area = r * density(r) + tail_area  # the base layer is the rectangle up to r and the tail
    x = [area / density(r), r]
    while len(x) < LAYERS:
        x.append(inverse(area / x[-1] + density(x[-1])))
    return x + [0.0]


def table(name, values):
    rows = ",\n    ".join(repr(value) for value in values)
    return f"const double {name}[{LAYERS + 1}] = {{\n    {rows},\n}};\n"


def tables(name, x, density):
    return table(f"rng_{name}_x", x) + table(f"rng_{name}_f", [density(value) for value in x])


def exponential(x):
    return math.exp(-x)


def normal(x):
    return math.exp(-x * x / 2)


EXPONENTIAL_R, NORMAL_R = 7.69711747013104972, 3.6541528853610088
with open(sys.argv[1], "w") as output:
    output.write(tables("exponential", edges(EXPONENTIAL_R, exponential, lambda y: -math.log(y),
                                             exponential(EXPONENTIAL_R)), exponential))
    output.write(tables("normal", edges(NORMAL_R, normal, lambda y: math.sqrt(-2 * math.log(y)),
                                        math.sqrt(math.pi / 2) * math.erfc(NORMAL_R / math.sqrt(2))), normal))
