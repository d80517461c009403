"""Latency profiles of five networks on several platforms, from the benchmark tables of ncnn.

    traces/ncnn_profiles.py TABLES.csv     prints ncnn_profiles.csv

TABLES.csv has a row for each line that ncnn's benchncnn printed: readme_line, device, loop_count, num_threads, model,
min_ms, max_ms and avg_ms. PLATFORMS says which devices are taken, under what names; add yours there.

Quantiles. benchncnn prints the least, the largest and the average of its runs. A profile goes from the least (p0) to
the largest (p100) on two straight lines that meet at the median, set so that the mean is the average: p50 = 2 average -
(least + largest) / 2. Where that would lie outside, one of the N runs stands apart from the others, and the lines meet
there instead: the largest at p = 1 - 1/N, at 2 average - p least - (1 - p) largest, or the least at p = 1/N likewise.

Other versions. A version that nobody timed takes the time of the timed one times the ratio of their macs, every
quantile alike. So does w100 of the two ResNets, since ncnn's have a few layers other than theirs.
"""
import csv
import sys

sys.dont_write_bytecode = True
import layers

# How a device's name begins in the tables, the platform, what its node is, and the threads taken.
PLATFORMS = [
    ("Raspberry Pi 3 Model B+", "rpi3-ncnn", (1, 4), "Raspberry Pi 3 Model B+, 4 cores of Cortex-A53 at 1.4 GHz"),
    ("Raspberry Pi 4 Model B", "rpi4-ncnn", (1, 4), "Raspberry Pi 4 Model B, 4 cores of Cortex-A72 at 1.8 GHz"),
    ("Raspberry Pi 5 Broadcom BCM2712, Cortex-A76", "rpi5-ncnn", (1, 4),
     "Raspberry Pi 5, 4 cores of Cortex-A76 at 2.4 GHz"),
    ("Qualcomm SM8150-AC", "snapdragon-855plus-ncnn", (1, 4), "Snapdragon 855+ of a phone, its 4 large cores"),
    ("NVIDIA Jetson AGX Orin", "jetson-orin-ncnn", (1, 4, 8, 12),
     "Jetson AGX Orin, CPU only, 12 cores of Cortex-A78AE at 2.2 GHz"),
    ("AWS c5.4xlarge", "aws-c5.4xlarge-ncnn", (8,), "AWS c5.4xlarge, 16 vCPU"),
    ("Microsoft Azure Standard D64ps v6", "azure-d64ps-v6-ncnn", (1, 4, 8, 16), "Azure D64ps v6, 64 Arm cores"),
]

# ncnn's network, its macs, our model, and the versions made from it.
NETWORKS = [
    ("alexnet", 724406816, "alexnet", layers.of_widths(layers.alexnet)),
    ("mobilenet", 568740352, "mobilenet-v1",
     {f"d{i}": layers.mobilenet_v1(width, 4) for i, width in enumerate(layers.WIDTHS)}),
    ("mobilenet_int8", 568740352, "mobilenet-v1",
     {f"d{i}": layers.mobilenet_v1(width, 1) for i, width in enumerate(layers.WIDTHS, 4)}),
    ("resnet18", 1826918400, "resnet18", layers.of_widths(layers.resnet18)),
    ("resnet50", 3857973248, "resnet50", layers.of_widths(layers.resnet50)),
    ("vgg16", 15470264320, "vgg16", layers.of_widths(layers.vgg16)),
]

HEAD = """\
# Latency of five networks and their versions on seven platforms. One inference alone, batch 1, CPU only, from the
# benchmark tables of ncnn (Tencent/ncnn, benchmark/README.md, BSD-3-Clause). The format: README.md beside this file.
#
# Derived: written by ncnn_profiles.py, which says how quantiles follow from the least, the average and the largest of
# the runs (mean_ms is the average), and how versions that nobody timed follow from the timed one: every quantile times
# the ratio of the macs. `source` names the line of the tables, the number of runs and that ratio. threads is as printed
# by the benchmark. The rule by macs makes narrow versions too fast: their first layers and fixed overheads do not
# shrink so.
#
# The tables have no VGG16 on the Raspberry Pi 3. MobileNet V1 in FP32 on the Raspberry Pi 5 was slower with 4 threads
# than with 1, and uneven, as measured."""


def number(value):
    return f"{value:.4f}"


def knots(least, average, largest, runs):
    """Latency at p0, at one more p, and at p100; p in percent."""
    for p in (0.5, 1 - 1 / runs, 1 / runs):
        # The mean of two lines that meet at p.
        middle = 2 * average - p * least - (1 - p) * largest
        if least <= middle <= largest:
            return {0: least, 100 * p: middle, 100: largest}
    raise ValueError("no two lines have this average")


def rows_of(line, model, version, ratio):
    """Quantiles of one version, and the text on either side of them."""
    least, average, largest = (ratio * float(line[key]) for key in ("min_ms", "avg_ms", "max_ms"))
    source = f"ncnn benchmark/README.md line {line['readme_line']}, {line['loop_count']} runs, x {ratio:.5g}"
    return (f"{model},{version},{line['num_threads']},quantiles,{number(average)},",
            knots(least, average, largest, int(line["loop_count"])), f',derived,"{source}"')


def profiles(table):
    """Rows by platform."""
    found = {platform: [] for _, platform, _, _ in PLATFORMS}
    for start, platform, threads, _ in PLATFORMS:
        for count in threads:
            lines = [line for line in table if line["device"].startswith(start) and line["num_threads"] == str(count)]
            for theirs, macs, model, versions in NETWORKS:
                for line in (line for line in lines if line["model"] == theirs):
                    found[platform] += [rows_of(line, model, version, sum(row[2] for row in net.rows) / macs)
                                        for version, net in versions.items()]
    return found


def main(path):
    with open(path, newline="", encoding="utf-8") as file:
        found = profiles(list(csv.DictReader(file)))
    columns = sorted({p for rows in found.values() for _, points, _ in rows for p in points})
    names = ",".join(f"p{p:.10g}_ms" for p in columns)
    print(f"{HEAD}\nplatform,model,variant,threads,family,mean_ms,cv,{names},provenance,source")
    for _, platform, _, what in PLATFORMS:
        print(f"#\n# {platform}: {what}.")
        for before, points, behind in found[platform]:
            quantiles = ",".join(number(points[p]) if p in points else "" for p in columns)
            print(f"{platform},{before},{quantiles}{behind}")


if __name__ == "__main__":
    main(sys.argv[1])
