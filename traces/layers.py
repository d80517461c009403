"""Layers of the networks in this folder, computed from their public definitions.

    traces/layers.py [FOLDER]     writes *_layers.csv into FOLDER, this one unless told
    traces/layers.py --totals     prints macs, parameters, weights and memory of every variant, for the model files

Convolutions and dense layers count multiply-accumulates; pooling and additions count none. Element-wise operations
(bias, batch normalisation, local response normalisation, activation, dropout, softmax) belong to the layer that they
follow: they change neither the shape of its output nor, next to a convolution, its work. Parameters are weights and one
bias per output channel (batch normalisation folded in). A cut is possible behind a layer where its output is the only
tensor that later layers need: inside a residual block the block's input is needed too, so that only its addition can be
followed by a cut.
"""
import pathlib
import sys

HEAD = "variant,layer,type,macs,parameters,output_bytes,cut"


class Network:
    """Layers in order, and the tensor that the next one gets."""

    def __init__(self, channels, size, value_bytes=4):
        self.channels, self.size, self.value_bytes = channels, size, value_bytes
        self.rows, self.activations = [], 0

    def bytes(self):
        return self.channels * self.size * self.size * self.value_bytes

    def put(self, name, kind, macs, parameters, channels, size, cut=True, inputs=1):
        """`inputs` tensors of the present shape go in."""
        taken = inputs * self.bytes()
        self.channels, self.size = channels, size
        self.activations = max(self.activations, taken + self.bytes())
        self.rows.append((name, kind, macs, parameters, self.bytes(), "yes" if cut else "no"))

    def conv(self, name, channels, kernel, stride=1, padding=0, groups=1, cut=True):
        size = (self.size + 2 * padding - kernel) // stride + 1
        weights = channels * self.channels // groups * kernel * kernel
        kind = "depthwise" if groups == self.channels > 1 else "conv"
        self.put(name, kind, weights * size * size, weights + channels, channels, size, cut)

    def pool(self, name, kernel=None, stride=2, ceil=False, padding=0):
        """Without a kernel over the whole plane. Caffe rounds the size up, others down."""
        span = self.size + 2 * padding - (kernel or self.size)
        self.put(name, "pool", 0, 0, self.channels, (-(-span // stride) if ceil else span // stride) + 1)

    def dense(self, name, outputs):
        inputs = self.channels * self.size * self.size
        self.put(name, "dense", inputs * outputs, inputs * outputs + outputs, outputs, 1)

    def block(self, name, branch, channels, stride):
        """A residual block of (name, channels, kernel, stride) convolutions; a projection where the shape changes."""
        source = self.channels, self.size
        if channels != self.channels or stride > 1:
            self.conv(name + "-project", channels, 1, stride, cut=False)
        self.channels, self.size = source
        for part, width, kernel, step in branch:
            self.conv(f"{name}-{part}", width, kernel, step, kernel // 2, cut=False)
        self.put(name + "-add", "add", 0, 0, channels, self.size, inputs=2)


def mobilenet_v1(width, value_bytes):
    """Howard et al., MobileNets, arXiv 1704.04861, table 1; 224 x 224."""
    net = Network(3, 224, value_bytes)
    net.conv("conv1", int(32 * width), 3, 2, 1)
    blocks = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)] + 5 * [(512, 1)] + [(1024, 2), (1024, 1)]
    for number, (channels, stride) in enumerate(blocks, 2):
        net.conv(f"conv{number}-dw", net.channels, 3, stride, 1, groups=net.channels)
        net.conv(f"conv{number}-pw", int(channels * width), 1)
    net.pool("pool")
    net.dense("classifier", 1000)
    return net


def alexnet(width):
    """Krizhevsky et al., ImageNet classification with deep convolutional neural networks, NIPS 2012, as the BVLC
    reference network has it: 227 x 227, two groups in conv2, conv4 and conv5."""
    net = Network(3, 227)
    net.conv("conv1", int(96 * width), 11, 4)
    net.pool("pool1", 3, ceil=True)
    net.conv("conv2", int(256 * width), 5, 1, 2, groups=2)
    net.pool("pool2", 3, ceil=True)
    net.conv("conv3", int(384 * width), 3, 1, 1)
    net.conv("conv4", int(384 * width), 3, 1, 1, groups=2)
    net.conv("conv5", int(256 * width), 3, 1, 1, groups=2)
    net.pool("pool5", 3, ceil=True)
    net.dense("fc6", int(4096 * width))
    net.dense("fc7", int(4096 * width))
    net.dense("fc8", 1000)
    return net


def vgg16(width):
    """Simonyan and Zisserman, Very deep convolutional networks, arXiv 1409.1556, configuration D; 224 x 224."""
    net = Network(3, 224)
    for stage, (channels, count) in enumerate([(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)], 1):
        for layer in range(1, count + 1):
            net.conv(f"conv{stage}-{layer}", int(channels * width), 3, 1, 1)
        net.pool(f"pool{stage}", 2)
    net.dense("fc6", int(4096 * width))
    net.dense("fc7", int(4096 * width))
    net.dense("fc8", 1000)
    return net


def resnet_stem(width):
    net = Network(3, 224)
    net.conv("conv1", int(64 * width), 7, 2, 3)
    net.pool("pool1", 3, padding=1)
    return net


def resnet18(width):
    """He et al., Deep residual learning, arXiv 1512.03385, table 1; 224 x 224, projections where the shape changes."""
    net = resnet_stem(width)
    for stage in range(4):
        channels = int(64 * 2 ** stage * width)
        for number in (1, 2):
            stride = 2 if stage > 0 and number == 1 else 1
            branch = [("a", channels, 3, stride), ("b", channels, 3, 1)]
            net.block(f"conv{stage + 2}-{number}", branch, channels, stride)
    net.pool("pool5")
    net.dense("fc", 1000)
    return net


def resnet50(width):
    """As resnet18, with bottlenecks that halve the plane in their 3 x 3 convolution (the variant called v1.5: the
    published accuracies of the widths are of that one)."""
    net = resnet_stem(width)
    for stage, count in enumerate((3, 4, 6, 3)):
        middle = int(64 * 2 ** stage * width)
        for number in range(1, count + 1):
            stride = 2 if stage > 0 and number == 1 else 1
            branch = [("a", middle, 1, 1), ("b", middle, 3, stride), ("c", 4 * middle, 1, 1)]
            net.block(f"conv{stage + 2}-{number}", branch, 4 * middle, stride)
    net.pool("pool5")
    net.dense("fc", 1000)
    return net


WIDTHS = (1, 0.75, 0.5, 0.25)


def of_widths(build):
    return {f"w{int(100 * width)}": build(width) for width in WIDTHS}


FRACTIONS = "w100 is the network; w75, w50 and w25 have that fraction of its channels."

# File, what its head says, and its variants.
FILES = [
    ("alexnet_layers.csv",
     "AlexNet in four widths. Krizhevsky et al., NIPS 2012, as the BVLC reference network has it (227 x 227 x 3 input; "
     f"grouped convolutions). {FRACTIONS}", lambda: of_widths(alexnet)),
    ("mobilenet_v1_layers.csv",
     "MobileNet V1 in eight variants. Howard et al., arXiv 1704.04861, table 1, at 224 x 224 x 3. d0 to d3 are width "
     "1.0, 0.75, 0.5, 0.25 in FP32, d4 to d7 the same in INT8, where output_bytes has 1 byte a value.",
     lambda: {f"d{4 * half + index}": mobilenet_v1(width, 1 if half else 4)
              for half in (0, 1) for index, width in enumerate(WIDTHS)}),
    ("resnet18_layers.csv",
     f"ResNet18 in four widths. He et al., arXiv 1512.03385, table 1, at 224 x 224 x 3. {FRACTIONS}",
     lambda: of_widths(resnet18)),
    ("resnet50_layers.csv",
     "ResNet50 in four widths. He et al., arXiv 1512.03385, table 1, at 224 x 224 x 3, halving the plane in the 3 x 3 "
     f"convolution. {FRACTIONS}", lambda: of_widths(resnet50)),
    ("vgg16_layers.csv",
     "VGG16 in four widths. Simonyan and Zisserman, arXiv 1409.1556, configuration D, at 224 x 224 x 3. "
     f"{FRACTIONS}", lambda: of_widths(vgg16)),
]


def head(text):
    """Comment lines of at most 120 characters."""
    lines = ["#"]
    for word in f"Layers of {text}".split():
        if len(lines[-1]) + 1 + len(word) > 120:
            lines.append("#")
        lines[-1] += " " + word
    return lines + ["# Derived: written by layers.py, which says what is counted and where a cut is possible.", HEAD]


def table(text, variants):
    lines = head(text)
    for variant, net in variants.items():
        lines += [",".join(map(str, (variant, *row))) for row in net.rows]
    return "\n".join(lines) + "\n"


def print_totals():
    for file, _, build in FILES:
        for variant, net in build().items():
            macs, parameters = (sum(row[column] for row in net.rows) for column in (2, 3))
            weights = parameters * net.value_bytes
            print(f"{file:24} {variant:5} macs {macs / 1e6:10.3f}e6  parameters {parameters / 1e6:9.4f}e6  "
                  f"weights {weights / 1e6:8.3f} MB  memory {(weights + net.activations) / 1e6:8.3f} MB")


def main(arguments):
    if arguments == ["--totals"]:
        print_totals()
        return
    folder = pathlib.Path(arguments[0] if arguments else __file__).resolve()
    folder = folder if folder.is_dir() else folder.parent
    for file, text, build in FILES:
        (folder / file).write_text(table(text, build()))


if __name__ == "__main__":
    main(sys.argv[1:])
