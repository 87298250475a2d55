#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Computes convolutions of bf16 and 8-bit integers with numpy, and stores them under tests/data.

A second opinion beside kiln's own reference. Integers are summed in 32 bits and must come out
exactly; bf16 is rounded here, to nearest even, and summed in f64. ONNX Runtime must agree before a
case is stored, where it has the operator. Nothing runs this but a person who adds cases:

    python3 -m venv build/venv
    build/venv/bin/pip install numpy==2.4.6 onnx==1.23.2 onnxruntime==1.31.1
    build/venv/bin/python tools/make_convolution_cases.py

The seed is fixed; the same versions write the same bytes. tests/integration/convolution_oracle.cpp
reads convolution_low_precision.safetensors and says the cases' geometry once more. Tensors, with
<case> for same, stem, ... and <kind> for bf16, u8s8, s8s8:

    <case>.<kind>.x    image [b, h, w, c]
    <case>.<kind>.w    filters [r, s, c / groups, f]
    <case>.<kind>.y    results [b, h', w', f]: s32, or f32 rounded once
    <case>.bf16.size   results of |x| and |w|, f32: what bounds of rounding errors are made of
"""

import json
import pathlib

import numpy as np
import onnx
import onnxruntime

DATA = pathlib.Path(__file__).resolve().parent.parent / "tests" / "data"
DTYPES = {"uint16": "BF16", "float32": "F32", "int8": "I8", "uint8": "U8", "int32": "I32"}

# name, image, filters, strides, pads (top, left, bottom, right), dilations, groups
CASES = [
    ("dense", (2, 4, 5, 7), (1, 1, 7, 19), (1, 1), (0, 0, 0, 0), (1, 1), 1),
    ("halved", (1, 5, 6, 6), (1, 1, 6, 17), (2, 2), (0, 0, 0, 0), (1, 1), 1),
    ("same", (2, 5, 6, 4), (3, 3, 4, 17), (1, 1), (1, 1, 1, 1), (1, 1), 1),
    ("stem", (1, 11, 10, 3), (7, 7, 3, 16), (2, 2), (3, 3, 3, 3), (1, 1), 1),
    ("uneven", (1, 5, 7, 3), (4, 3, 3, 5), (1, 2), (2, 0, 1, 2), (1, 1), 1),
    ("dilated", (1, 9, 9, 3), (3, 3, 3, 4), (1, 1), (2, 3, 2, 3), (2, 3), 1),
    ("grouped", (1, 5, 5, 10), (3, 3, 5, 8), (1, 1), (1, 1, 1, 1), (1, 1), 2),
    ("depthwise", (1, 7, 6, 18), (3, 3, 1, 18), (2, 2), (1, 1, 1, 1), (1, 1), 18),
]

random = np.random.default_rng(20240917)


def to_bf16(x):
    """Bits of the nearest bfloat16, ties to even."""
    bits = x.astype(np.float32).view(np.uint32)
    return ((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16).astype(np.uint16)


def from_bf16(bits):
    return (bits.astype(np.uint32) << 16).view(np.float32)


def convolve(x, w, strides, pads, dilations, groups, dtype):
    """Tap by tap: every tap is a product of a strided slice of the padded image."""
    x, w = x.astype(dtype), w.astype(dtype)
    padded = np.pad(x, ((0, 0), (pads[0], pads[2]), (pads[1], pads[3]), (0, 0)))
    out = [(padded.shape[1 + i] - (w.shape[i] - 1) * dilations[i] - 1) // strides[i] + 1 for i in (0, 1)]
    depth, wide = w.shape[2], w.shape[3] // groups
    y = np.zeros((x.shape[0], *out, w.shape[3]), dtype)
    for r in range(w.shape[0]):
        for s in range(w.shape[1]):
            top, left = r * dilations[0], s * dilations[1]
            taken = padded[:, top:top + (out[0] - 1) * strides[0] + 1:strides[0],
                           left:left + (out[1] - 1) * strides[1] + 1:strides[1]]
            for g in range(groups):
                y[..., g * wide:(g + 1) * wide] += (
                    taken[..., g * depth:(g + 1) * depth] @ w[r, s, :, g * wide:(g + 1) * wide])
    return y


def onnx_result(kind, x, w, strides, pads, dilations, groups):
    """ONNX Runtime's opinion; None where it has no kernel."""
    inputs = [np.ascontiguousarray(np.moveaxis(x, -1, 1)), np.ascontiguousarray(w.transpose(3, 2, 0, 1))]
    node = onnx.helper.make_node(kind, ["x", "w"], ["y"], strides=strides, pads=pads, dilations=dilations,
                                 group=groups)
    of = onnx.helper.np_dtype_to_tensor_dtype
    values = [onnx.helper.make_tensor_value_info(n, of(v.dtype), v.shape) for n, v in zip("xw", inputs)]
    y_type = onnx.TensorProto.INT32 if kind == "ConvInteger" else onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph([node], "g", values, [onnx.helper.make_tensor_value_info("y", y_type, None)])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)], ir_version=8)
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented:
        return None
    return np.moveaxis(session.run(None, dict(zip("xw", inputs)))[0], 1, -1)


def main():
    tensors, agreed = {}, 0
    for name, x_shape, w_shape, *at in CASES:
        x, w = (to_bf16(random.uniform(-2, 2, shape)) for shape in (x_shape, w_shape))
        exact = convolve(from_bf16(x), from_bf16(w), *at, np.float64)
        size = convolve(np.abs(from_bf16(x)), np.abs(from_bf16(w)), *at, np.float64)
        theirs = onnx_result("Conv", from_bf16(x), from_bf16(w), *at)
        assert np.all(np.abs(theirs - exact) <= np.prod(w_shape[:3]) * 2.0 ** -23 * size), name
        agreed += 1
        for part, value in (("x", x), ("w", w), ("y", exact.astype(np.float32)), ("size", size.astype(np.float32))):
            tensors[f"{name}.bf16.{part}"] = value
        w = random.integers(-128, 128, w_shape).astype(np.int8)
        w.flat[:2] = -128, 127
        for kind, dtype in (("u8s8", np.uint8), ("s8s8", np.int8)):
            limits = np.iinfo(dtype)
            x = random.integers(limits.min, limits.max + 1, x_shape).astype(dtype)
            x.flat[:2] = limits.min, limits.max
            y = convolve(x, w, *at, np.int32)
            theirs = onnx_result("ConvInteger", x, w, *at)
            assert theirs is None or np.array_equal(theirs, y), name
            agreed += theirs is not None
            for part, value in (("x", x), ("w", w), ("y", y)):
                tensors[f"{name}.{kind}.{part}"] = value
    header, data = {}, b""
    for name, array in tensors.items():
        raw = np.ascontiguousarray(array).tobytes()
        header[name] = {"dtype": DTYPES[str(array.dtype)], "shape": list(array.shape),
                        "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = DATA / "convolution_low_precision.safetensors"
    written = path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    print(f"{3 * len(CASES)} convolutions, {agreed} agreed with ONNX Runtime, {written} bytes")


if __name__ == "__main__":
    main()
