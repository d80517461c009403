#!/bin/sh
# Networks on images as a person makes them: trained, compressed, quantised, shown, written out. Ends with the number of
# failures.
set -u
. "$ORCHID_SOURCE_ROOT/tests/harness.sh"

# 400 images of 8 x 8 in IDX format: ten patterns of noise, each with more noise on it.
python3 -c '
import random
random.seed(1)
patterns = [[random.randrange(160) for _ in range(64)] for _ in range(10)]
images = [[max(0, min(255, pixel + random.randrange(-70, 95))) for pixel in patterns[i % 10]] for i in range(400)]
def words(*numbers):
    return b"".join(number.to_bytes(4, "big") for number in numbers)
open("images", "wb").write(words(0x803, 400, 8, 8) + bytes(sum(images, [])))
open("labels", "wb").write(words(0x801, 400) + bytes(i % 10 for i in range(400)))
'

name heavy_network_is_trained_and_shown_with_its_interval
orchid vision train --data idx:images,labels --seed 1 -o heavy.orchid
ended 0
silent err
says out "heavy.orchid: FP32, units 16-32-64-128-10, 57482 parameters, 190720 macs, 230195 bytes"
grep -Eq 'test [7-9][0-9]\.[0-9]+ % \[[0-9.]+, [0-9.]+\] of 80 images' out || fail "no accuracy with its interval"
[ "$(wc -c <heavy.orchid)" = 230195 ] || fail "the size it tells is not that of the file"

name same_command_writes_the_same_bytes_with_other_instructions
ORCHID_INSTRUCTIONS=sse2 orchid vision train --data idx:images,labels --seed 1 -o sse2.orchid
cmp -s heavy.orchid sse2.orchid || fail "it trains another network"

name light_network_is_smaller_and_then_in_whole_numbers
orchid vision compress heavy.orchid --evaluations 24 -o light.orchid
ended 0
says out "by actor-critic in 24 evaluations"
[ "$(wc -c <light.orchid)" -lt 120000 ] || fail "it is not half as large"
orchid vision quantise light.orchid -o light-int8.orchid
ended 0
says out "light-int8.orchid: INT8, units"

name networks_are_shown_as_json
orchid vision show heavy.orchid light.orchid light-int8.orchid --json
ended 0
python3 -c '
import json
heavy, light, whole = [json.loads(line) for line in open("out")]
assert heavy["bytes"] > light["bytes"] > 2 * whole["bytes"] and light["units"] == whole["units"]
for network in heavy, light, whole:
    assert network["test_images"] == 80 and network["test_right"] > 50
    assert network["test_accuracy_low"] < network["test_accuracy"] < network["test_accuracy_high"]
' || fail "not what it should be"

name samples_say_of_each_image_who_is_right
orchid vision samples light-int8.orchid heavy.orchid -o samples.csv
ended 0
says out "160 samples"
python3 -c '
import csv, math
rows = list(csv.DictReader(line for line in open("samples.csv") if line[0] != "#"))
assert len(rows) == 160 and len({row["sample"] for row in rows}) == 160
assert [sum(row["split"] == use for row in rows) for use in ("train", "tune", "test")] == [80, 20, 60]
for row in rows:
    for network in "light-int8", "heavy":
        said = {key: float(row[network + "." + key]) for key in ("confidence", "margin", "entropy", "prediction", "top2")}
        assert abs(said["confidence"] - said["margin"] - said["top2"]) < 1e-8
        assert 0 <= said["entropy"] <= math.log(10) and said["confidence"] >= 0.1
        assert (said["prediction"] == int(row["label"])) == (row[network + ".correct"] == "1")
' || fail "the file contradicts itself"

name model_can_be_named_by_a_scenario
orchid vision model heavy.orchid light.orchid light-int8.orchid --work 2983 -o digits.yaml
ended 0
cat >digits_world.yaml <<END
name: digits
models: digits.yaml
profiles: digits_profiles.csv
workload: {arrivals: rounds, input: 64 B, output: 40 B}
stop: {rounds: 20}
nodes:
  - {name: device, count: 2, tier: end, platform: rpi4-tflite-2.4-ruy, cores: 4, memory: 2 GiB}
  - {name: cloud, tier: cloud, platform: aws-a1.xlarge, cores: 4, memory: 8 GiB}
links: [{from: device, to: cloud, delay: 20 ms, bandwidth: 20 Mbit/s}]
options: {end: [light-int8], cloud: [heavy]}
END
orchid run digits_world.yaml --policy device-only,cloud-only
ended 0
says out "device-only"

name study_compares_all_compressors
orchid vision study --data idx:images,labels --seeds 2 --jobs 2 --evaluations 6 -o study.csv
ended 0
says out "idx:images,labels: n = 2 seeds, 240 images to train, 80 to tune, 80 to test with"
says out "% of the bytes of uniform, smaller in"
[ "$(grep -c '^"idx:images,labels",' study.csv)" = 10 ] || fail "not a row for each network"
orchid vision study --data idx:images,labels --seeds 1 --jobs 1 --evaluations 6 -o first.csv
grep -v '^"idx:images,labels",2,' study.csv | cmp -s - first.csv || fail "the number of threads or seeds changes the result"

name what_does_not_fit_is_refused
orchid vision
ended 2
says err "vision needs an action"
orchid vision compres heavy.orchid
ended 2
says err "did you mean 'compress'?"
orchid vision train --data digits
ended 2
says err "train needs a file to write to"
orchid vision train --data numbers -o x.orchid
ended 2
says err 'there are no images "numbers"'
orchid vision compress heavy.orchid --compressor unform -o x.orchid
ended 2
says err "did you mean 'uniform'?"
orchid vision compress light-int8.orchid -o x.orchid
ended 2
says err "is in whole numbers"
orchid vision train --data idx:images,labels --seed 2 -o other.orchid
orchid vision samples light.orchid other.orchid -o x.csv
ended 2
says err "has learnt from idx:images,labels with seed 2, and from other images than those that are held apart here"
[ ! -e x.csv ] && [ ! -e x.orchid ] || fail "something was written"
head -c 1000 heavy.orchid >short.orchid
orchid vision show short.orchid
ended 2
says err "short.orchid: error: is cut short: 1000 of 230195 bytes"
orchid vision model heavy.orchid -o nowhere/digits.yaml
ended 2
says err "nowhere/digits.yaml"

echo "vision: $tests tests, $failed failed"
exit $failed
