"""Which of nine networks are right on how many of the 50,000 images of ImageNet's validation set, together.

    traces/imagenet_correctness.py BITS.txt.gz MODELS.csv     prints imagenet_correctness.csv

BITS has a line for each image, of one 0 or 1 for each network: is it right? MODELS names the networks by that place: col,
model and top1_pct. Both are recomputed from the accuracy logs of MLPerf Inference v0.5 (Apache-2.0), which hold each
network's answer to each image; the accuracy of every network so recomputed is the one that was submitted.
"""
import collections
import csv
import gzip
import sys

# The network as it was submitted, and the variant of imagenet.yaml that it is here.
NETWORKS = [("mobilenet-v1-1.0-224", "d0"), ("mobilenet-v1-0.75-224", "d1"), ("mobilenet-v1-0.5-224", "d2"),
            ("mobilenet-v1-0.25-224", "d3"), ("mobilenet-v1-1.0-224-quantized", "d4"),
            ("mobilenet-v1-0.75-224-quantized", "d5"), ("mobilenet-v1-0.5-224-quantized", "d6"),
            ("mobilenet-v1-0.25-224-quantized", "d7"), ("resnet", "resnet50")]

HEAD = """\
# Which of nine networks are right together on ImageNet's 50,000 validation images. MobileNet V1 in four widths, FP32
# (d0 to d3) and INT8 (d4 to d7), and ResNet50 v1.5: a row says on how many images exactly these are right. The format:
# README.md beside this file; written by imagenet_correctness.py.
#
# Derived from the accuracy logs of MLPerf Inference v0.5 (Apache-2.0), which hold every answer. Top-1 accuracy by these
# rows, which is as submitted:
#   {accuracies}
# How often ResNet50 is right where a light network is right, and where it is wrong:
#   {pairs}
# So the heavy network is wrong on one in twenty of what a light one gets right. No confidence was published, so only rules
# that need none can decide here.
"""


def read_answers(bits_path, models_path):
    with open(models_path, newline="", encoding="utf-8") as file:
        places = {row["model"]: int(row["col"]) for row in csv.DictReader(file)}
    columns = [places[name] for name, _ in NETWORKS]
    with gzip.open(bits_path, "rt", encoding="ascii") as file:
        return collections.Counter(tuple(line[column] for column in columns) for line in file)


def accuracy(answers, network):
    return sum(count for answer, count in answers.items() if answer[network] == "1") / sum(answers.values())


def heavy_given(answers, network, right):
    """How often the last network is right where `network` is right, or wrong."""
    given = {answer: count for answer, count in answers.items() if answer[network] == right}
    return accuracy(given, len(NETWORKS) - 1)


def fold(items):
    """Items with commas, in comment lines."""
    lines = [""]
    for item in items:
        if len(lines[-1]) + len(item) > 105:
            lines.append("")
        lines[-1] += ", " * bool(lines[-1]) + item
    return ",\n#   ".join(lines)


def main(bits_path, models_path):
    answers = read_answers(bits_path, models_path)
    assert sum(answers.values()) == 50000
    variants = [variant for _, variant in NETWORKS]
    accuracies = fold(f"{variant} {100 * accuracy(answers, i):.3f} %" for i, variant in enumerate(variants))
    pairs = fold(f"{variant} {heavy_given(answers, i, '1'):.3f} and {heavy_given(answers, i, '0'):.3f}"
                 for i, variant in enumerate(variants[:-1]))
    print(HEAD.format(accuracies=accuracies, pairs=pairs), end="")
    print("count," + ",".join(f"{variant}.correct" for variant in variants))
    for answer, count in sorted(answers.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count}," + ",".join(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
