"""Runs the scripts of traces/ and compares what they write with what is there.

    tests/traces.py SOURCE_ROOT

Where the environment variable ORCHID_REFERENCE_DATA names a folder with tables of other people, traces are compared
with those too: layers/NETWORK.csv with columns layer, type, inputs, outputs, out_bytes_fp32, macs and params of a
graph; latency/ncnn_cpu_selected.csv, what ncnn_profiles.py reads; network/sabre_4g/*.json, what bandwidth_4g.py reads;
cascade/imagenet_val_correct_bits.txt.gz and imagenet_val_models.csv, what imagenet_correctness.py reads;
arrivals/AzureLLMInferenceTrace_conv.csv, what azure_arrivals.py reads.
"""
import csv
import gzip
import json
import math
import os
import pathlib
import random
import subprocess
import sys
import tempfile

findings = []


def check(condition, what):
    if not condition:
        findings.append(what)


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def layers_are_what_the_script_writes(traces):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, traces / "layers.py", folder], check=True)
        written = sorted(pathlib.Path(folder).glob("*.csv"))
        check(len(written) == 5, "layers.py does not write five files")
        for path in written:
            check(path.read_text() == (traces / path.name).read_text(), f"{path.name} is not what layers.py writes")


def cuts_of_graph(rows):
    """Macs before and bytes across every place where one tensor crosses, each pair once and in order."""
    root, last_use = {}, {}
    for row in rows:
        for name in row["outputs"].split("|"):
            root[name] = root[row["inputs"]] if row["type"] == "Split" else name
    for place, row in enumerate(rows):
        for name in filter(None, row["inputs"].split("|")):
            last_use[root[name]] = place
    cuts, macs, alive = [], 0, set()
    for place, row in enumerate(rows):
        macs += int(row["macs"])
        alive |= {root[name] for name in row["outputs"].split("|")}
        alive = {tensor for tensor in alive if last_use.get(tensor, -1) > place}
        cut = macs, int(row["out_bytes_fp32"])
        if len(alive) == 1 and macs > 0 and cut not in cuts:
            cuts.append(cut)
    return cuts


def cuts_of_table(rows):
    cuts, macs = [], 0
    for row in rows:
        macs += int(row["macs"])
        if row["cut"] == "yes":
            cuts.append((macs, int(row["output_bytes"])))
    return cuts


def work(rows, parameters):
    """Multiply-accumulates and parameters of every layer that has any, in order."""
    return [(int(row["macs"]), int(row[parameters])) for row in rows if int(row["macs"]) > 0]


def layers_agree_with_others(traces, reference):
    """AlexNet, VGG16 and MobileNet V1 to the last figure; of the two ResNets others have variants that differ in a few
    layers (a projection in a block that changes no shape; the stride in another convolution), so of these parameters of
    all layers that both have, and the sizes of the tensors at the cuts."""
    for name, other, variant in (("alexnet", "alexnet", "w100"), ("vgg16", "vgg16", "w100"),
                                 ("mobilenet_v1", "mobilenet", "d0"), ("resnet18", "resnet18", "w100"),
                                 ("resnet50", "resnet50", "w100")):
        own = [row for row in rows_of(traces / f"{name}_layers.csv") if row["variant"] == variant]
        theirs = rows_of(reference / "layers" / f"{other}.csv")
        # The last cut is behind everything; the graph has a softmax there.
        cuts, their_cuts = cuts_of_table(own), cuts_of_graph(theirs)
        if name.startswith("resnet"):
            extra = {"res2a_branch1"} if name == "resnet18" else set()
            their_parameters = [p for _, p in work([row for row in theirs if row["layer"] not in extra], "params")]
            check([p for _, p in work(own, "parameters")] == their_parameters, f"{name}: other parameters")
            check([b for _, b in cuts] == [b for _, b in their_cuts], f"{name}: other tensors at the cuts")
        else:
            check(work(own, "parameters") == work(theirs, "params"), f"{name}: other layers")
            check(cuts == their_cuts, f"{name}: other cuts")


def readme_states_the_errors(traces):
    """The table of what shares by multiply-accumulates miss."""
    lines = subprocess.run([sys.executable, traces / "layer_errors.py", traces / "mobilenet_v1_layers.csv",
                            traces / "mobilenet_v1_layer_profiles.csv"], check=True, capture_output=True, text=True)
    check(lines.stdout.count("\n") == 5, "layer_errors.py does not print three variants")
    check(lines.stdout in (traces / "README.md").read_text(), "README.md has not the table of layer_errors.py")


def profiles_are_what_the_script_writes(traces, reference):
    written = subprocess.run([sys.executable, traces / "ncnn_profiles.py", reference / "latency/ncnn_cpu_selected.csv"],
                             check=True, capture_output=True, text=True)
    check(written.stdout == (traces / "ncnn_profiles.csv").read_text(), "ncnn_profiles.csv is other")


def a_fitted_bandwidth_is_the_one_it_was_made_of(traces):
    """Traces drawn from a chain of three levels, and noise: the fit finds levels, stays and how often each is."""
    levels, dwell, draw = (10, 30, 50), (40, 20, 40), random.Random(3)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(20):
            state, steps = draw.randrange(3), []
            while len(steps) < 6000:
                stay = 5 * math.ceil(draw.expovariate(1 / dwell[state]) / 5)
                steps += [{"duration_ms": 1000, "bandwidth_kbps": 1000 * levels[state] + draw.randint(-4000, 4000)}
                          for _ in range(stay)]
                state = 1 if state != 1 else draw.choice((0, 2))
            pathlib.Path(folder, f"{number}.json").write_text(json.dumps(steps))
        command = [sys.executable, traces / "bandwidth_4g.py", "fit", folder, "--levels", "3"]
        fitted = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = list(csv.DictReader(line for line in fitted.splitlines() if not line.startswith("#")))
    for row, level, stay in zip(rows, levels, dwell):
        # Stays were rounded up to windows; equally many windows a level moves edges into the neighbour's noise.
        check(abs(float(row["level_mbit_per_s"]) - level) < 1.5, f"fits {row} where {level} Mbit/s was drawn")
        check(0.6 * stay < float(row["dwell_s"]) < 1.3 * (stay + 2.5), f"fits {row} where {stay} s was drawn")
        check(abs(float(row["fraction_of_time_of_the_chain"]) - 1 / 3) < 0.06, f"fits {row}")


def a_trace_becomes_a_series(traces):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "ride.json")
        path.write_text(json.dumps([{"duration_ms": 500, "bandwidth_kbps": 2500, "latency_ms": 20},
                                    {"duration_ms": 1001, "bandwidth_kbps": 0, "latency_ms": 20},
                                    {"duration_ms": 1000, "bandwidth_kbps": 31}]))
        series = subprocess.run([sys.executable, traces / "bandwidth_4g.py", "series", path], check=True,
                                capture_output=True, text=True).stdout
    rows = "0.000,2500000\n0.500,1\n1.501,31000\n"
    check(series == f"# ride.json, converted by bandwidth_4g.py\ntime_s,bit_per_s\n{rows}",
          f"a trace becomes {series!r}")


def bandwidth_is_what_the_script_writes(traces, reference):
    written = subprocess.run([sys.executable, traces / "bandwidth_4g.py", "fit", reference / "network/sabre_4g"],
                             check=True, capture_output=True, text=True)
    check((traces / "bandwidth_4g.csv").read_text().endswith("#\n" + written.stdout), "bandwidth_4g.csv is other")


def correctness_is_what_the_script_writes(traces, reference):
    written = subprocess.run([sys.executable, traces / "imagenet_correctness.py",
                              reference / "cascade/imagenet_val_correct_bits.txt.gz",
                              reference / "cascade/imagenet_val_models.csv"], check=True, capture_output=True, text=True)
    check((traces / "imagenet_correctness.csv").read_text() == written.stdout, "imagenet_correctness.csv is other")


def correctness_is_counted_together(traces):
    """Of three images, on which the networks are right as written below."""
    with tempfile.TemporaryDirectory() as folder:
        models = ["mobilenet-v1-1.0-224", "mobilenet-v1-0.75-224", "mobilenet-v1-0.5-224", "mobilenet-v1-0.25-224",
                  "resnet", "mobilenet-v1-1.0-224-quantized", "mobilenet-v1-0.75-224-quantized",
                  "mobilenet-v1-0.5-224-quantized", "mobilenet-v1-0.25-224-quantized"]
        pathlib.Path(folder, "models.csv").write_text(
            "col,model,top1_pct\n" + "".join(f"{i},{model},0\n" for i, model in enumerate(models)))
        with gzip.open(pathlib.Path(folder, "bits.txt.gz"), "wt", encoding="ascii") as file:
            file.write("100010000\n" * 20000 + "000010000\n" * 29999 + "111111111\n")
        command = [sys.executable, traces / "imagenet_correctness.py", pathlib.Path(folder, "bits.txt.gz"),
                   pathlib.Path(folder, "models.csv")]
        written = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line for line in written.splitlines() if not line.startswith("#")]
    check(rows[1:] == ["29999,0,0,0,0,0,0,0,0,1", "20000,1,0,0,0,0,0,0,0,1", "1,1,1,1,1,1,1,1,1,1"], f"counts {rows}")
    check("d0 40.002 %, d1 0.002 %" in written and "d0 1.000 and 1.000" in written, f"says {written}")


def arrivals_are_what_the_script_writes(traces, reference):
    path = reference / "arrivals/AzureLLMInferenceTrace_conv.csv"
    written = subprocess.run([sys.executable, traces / "azure_arrivals.py", path, "600"], check=True,
                             capture_output=True, text=True)
    check((traces / "azure_arrivals.csv").read_text() == written.stdout, "azure_arrivals.csv is other")


def arrivals_count_from_the_first(traces):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "code.csv")
        path.write_text("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 23:59:59.9000000,1,1\n"
                        "2023-11-17 00:00:00.1500000,1,1\n2023-11-17 00:00:02.0000000,1,1\n")
        written = subprocess.run([sys.executable, traces / "azure_arrivals.py", path, "2"], check=True,
                                 capture_output=True, text=True).stdout
    check(written.endswith("\ntime_s\n0.000\n0.250\n") and "2 requests in 2 s" in written, f"arrivals are {written!r}")


def main(root):
    traces = pathlib.Path(root) / "traces"
    layers_are_what_the_script_writes(traces)
    readme_states_the_errors(traces)
    a_fitted_bandwidth_is_the_one_it_was_made_of(traces)
    a_trace_becomes_a_series(traces)
    correctness_is_counted_together(traces)
    arrivals_count_from_the_first(traces)
    reference = os.environ.get("ORCHID_REFERENCE_DATA")
    if reference:
        layers_agree_with_others(traces, pathlib.Path(reference))
        profiles_are_what_the_script_writes(traces, pathlib.Path(reference))
        bandwidth_is_what_the_script_writes(traces, pathlib.Path(reference))
        correctness_is_what_the_script_writes(traces, pathlib.Path(reference))
        arrivals_are_what_the_script_writes(traces, pathlib.Path(reference))
    print("\n".join(findings) or "traces are fine")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
