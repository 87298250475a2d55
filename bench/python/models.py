# SPDX-License-Identifier: MIT
"""The nets of bench/model: numbers, right answers, and what the other runtimes read."""

import functools
import itertools

import numpy
import onnx

# name: widths of the input and of every layer, the function behind the last layer
WIDTHS = {
    "digits": ([64, 64, 10], "none"),
    "mlp_1": ([13, 512, 256, 128], "relu"),
    "mlp_2": ([479, 1024, 1024, 512, 256, 1], "sigmoid"),
}
BATCHES = (1, 8, 32, 64, 128, 256, 512)
POINTS = [("digits", "f32", batch) for batch in (1, 32)] + [
    (name, element, batch)
    for name in ("mlp_1", "mlp_2")
    for element in ("f32", "bf16", "u8")
    for batch in BATCHES
]
MEMORY = {"f32": numpy.float32, "bf16": numpy.uint16, "u8": numpy.uint8, "s8": numpy.int8}


def aligned(shape, element):
    """Memory at a multiple of 64, as any allocator for vectors gives."""
    size = numpy.dtype(MEMORY[element]).itemsize
    raw = numpy.zeros(int(numpy.prod(shape)) * size + 64, numpy.uint8)
    first = -raw.ctypes.data % 64
    return raw[first : first + int(numpy.prod(shape)) * size].view(MEMORY[element]).reshape(shape)


def to_bf16(x):
    """The bits of the nearest bf16; halves go to even."""
    bits = numpy.asarray(x, numpy.float32).view(numpy.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(numpy.uint16)


def from_bf16(bits):
    return (bits.astype(numpy.uint32) << 16).view(numpy.float32)


def rounded(x, element):
    """The nearest numbers of an element type, as numpy stores them."""
    if element == "f32":
        return numpy.asarray(x, numpy.float32)
    if element == "bf16":
        return to_bf16(x)
    low, high = (0, 255) if element == "u8" else (-128, 127)
    return numpy.clip(numpy.rint(x), low, high).astype(MEMORY[element])


def real(stored, element):
    return (from_bf16(stored) if element == "bf16" else stored).astype(numpy.float64)


class Layer:
    """x w + b, of integers x w scale + b in units of what leaves the layer."""

    def __init__(self, w, bias, scale, function):
        self.w, self.bias, self.scale, self.function = w, bias, scale, function


class Net:
    """Layers with numbers that are always the same, an input, and the right answer."""

    def __init__(self, name, element, batch):
        self.name, self.element, self.batch = name, element, batch
        self.widths, self.last = WIDTHS[name]
        self.integers = element == "u8"
        self.weight_element = "s8" if self.integers else element
        rng = numpy.random.default_rng(1)
        self.x = aligned((batch, self.widths[0]), element)
        self.x[:] = rounded(
            rng.uniform(0, 255, self.x.shape) if self.integers else rng.uniform(-1, 1, self.x.shape),
            element,
        )
        self.layers = []
        self.expected = real(self.x, element)
        for i, (k, n) in enumerate(itertools.pairwise(self.widths)):
            function = "relu" if i + 2 < len(self.widths) else self.last
            self.add_layer(rng, k, n, function)

    def __str__(self):
        return f"{self.name}/{self.batch} {self.element}"

    def add_layer(self, rng, k, n, function):
        size = 127 if self.integers else (6 / k) ** 0.5
        w = rounded(rng.uniform(-1, 1, (k, n)) * size, self.weight_element)
        sums = self.expected @ real(w, self.weight_element)
        bias, scale = rng.uniform(-1, 1, n).astype(numpy.float32), None
        if self.integers:
            # Brings the largest sum near the largest number; of a sigmoid's operand, near 4.
            most = numpy.abs(sums).max() / (240 if function == "relu" else 4)
            scale = ((1 + 0.05 * rng.uniform(-1, 1, n)) / most).astype(numpy.float32)
            # A whole number of sums: ONNX Runtime's fastest kernels take no other bias.
            bias = numpy.rint(bias * (8 if function == "relu" else 1) / scale) * scale
            bias = bias.astype(numpy.float32)
            sums = sums * scale
        v = sums + bias
        if function == "relu":
            v = numpy.maximum(v, 0)
        if function == "sigmoid":
            v = 1 / (1 + numpy.exp(-v)) * (255 if self.integers else 1)
        self.expected = real(rounded(v, self.element), self.element)
        self.layers.append(Layer(w, bias, scale, function))

    def weights(self):
        """Names, element types and numbers, as kiln names them."""
        all_of_them = {}
        for i, layer in enumerate(self.layers, start=1):
            all_of_them[f"w{i}"] = (self.weight_element, layer.w)
            all_of_them[f"b{i}"] = ("f32", layer.bias)
            if self.integers:
                all_of_them[f"s{i}"] = ("f32", layer.scale)
        return all_of_them

    def result(self):
        return aligned((self.batch, self.widths[-1]), self.element)

    def flops(self):
        return 2 * self.batch * sum(k * n for k, n in itertools.pairwise(self.widths))

    def error_of(self, y):
        """0, or how wrong y is. Integers may differ by what other orders of rounding do to some
        layers, bf16 by one in 64 of the largest number."""
        worst = numpy.abs(real(y, self.element) - self.expected).max()
        largest = numpy.abs(self.expected).max()
        bound = {"u8": 3, "bf16": largest / 64, "f32": 1e-4}[self.element]
        return 0 if worst <= bound else worst

    def onnx(self):
        """Gemm and the function behind it: one kernel a layer in the other runtimes. Integers stand
        between DequantizeLinear and QuantizeLinear; bf16 is the runtime's affair."""
        builder = OnnxBuilder(self)
        for i, layer in enumerate(self.layers, start=1):
            builder.add_layer(i, layer, "y" if i == len(self.layers) else f"h{i}")
        return builder.model()


class OnnxBuilder:
    def __init__(self, net):
        self.net, self.nodes, self.tensors, self.value = net, [], [], "x"

    def node(self, kind, inputs, output, **attributes):
        self.nodes.append(onnx.helper.make_node(kind, inputs, [output], **attributes))
        return output

    def tensor(self, name, data):
        self.tensors.append(onnx.numpy_helper.from_array(numpy.ascontiguousarray(data), name))
        return name

    def dequantized(self, name, scale, zero, **attributes):
        scale = self.tensor(f"{name}_scale", numpy.asarray(scale, numpy.float32))
        zero = self.tensor(f"{name}_zero", zero)
        return self.node("DequantizeLinear", [name, scale, zero], f"{name}_real", **attributes)

    def add_layer(self, i, layer, output):
        w, bias = layer.w, layer.bias
        if self.net.integers:
            n = w.shape[1]
            x = self.dequantized(self.value, 1, numpy.uint8(0))
            w = self.dequantized(
                self.tensor(f"w{i}", w), layer.scale, numpy.zeros(n, numpy.int8), axis=1
            )
            whole = numpy.rint(bias / layer.scale).astype(numpy.int32)
            b = self.dequantized(
                self.tensor(f"b{i}", whole), layer.scale, numpy.zeros(n, numpy.int32), axis=0
            )
        else:
            x = self.value
            w = self.tensor(f"w{i}", real(w, self.net.element).astype(numpy.float32))
            b = self.tensor(f"b{i}", bias)
        last = self.net.integers or layer.function != "none"
        value = self.node("Gemm", [x, w, b], f"g{i}" if last else output)
        if layer.function != "none":
            kind = {"relu": "Relu", "sigmoid": "Sigmoid"}[layer.function]
            value = self.node(kind, [value], f"f{i}" if self.net.integers else output)
        if self.net.integers:
            unit = 1 / 255 if layer.function == "sigmoid" else 1
            scale = self.tensor(f"{output}_unit", numpy.float32(unit))
            zero = self.tensor(f"{output}_origin", numpy.uint8(0))
            value = self.node("QuantizeLinear", [value, scale, zero], output)
        self.value = value

    def model(self):
        kind = onnx.TensorProto.UINT8 if self.net.integers else onnx.TensorProto.FLOAT
        tensor = functools.partial(onnx.helper.make_tensor_value_info, elem_type=kind)
        graph = onnx.helper.make_graph(
            self.nodes,
            "net",
            [tensor("x", shape=[self.net.batch, self.net.widths[0]])],
            [tensor("y", shape=[self.net.batch, self.net.widths[-1]])],
            self.tensors,
        )
        opset = onnx.helper.make_opsetid("", 20)
        model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=10)
        onnx.checker.check_model(model)
        return model.SerializeToString()
