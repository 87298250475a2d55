#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Computes what every operator must give, with numpy, and stores inputs and results under tests/data.

A second opinion beside kiln's own reference: written from the operators' formulas alone, computed in
f64 and rounded to f32 once. Where ONNX Runtime has the operator too, its f32 result must agree before
a case is stored. Nothing runs this but a person who adds cases:

    python3 -m venv build/venv
    build/venv/bin/pip install numpy==2.4.6 scipy==1.17.1 onnx==1.23.2 onnxruntime==1.31.1
    build/venv/bin/python tools/make_oracle_cases.py

Seeds are fixed; the same versions write the same bytes.

tests/data/cases.txt has one case a line; lines that start with '#' are comments. Fields are
separated by one space, in this order:

    <case> <op> file=<family>.safetensors in=<tensor>[<shape>] ... out=<tensor>[<shape>]
        abs=<bound> rel=<bound> int:<name>=<integers> ... scalar:<name>=<float> ...

  case     its name, once in the file
  op       as in kiln's operator registry; besides: conv1d, global_avg_pool, global_max_pool,
           quantized_matmul (a, its scale and zero point, b and its, those of the result); quantize
           and quantized_matmul end with a cast to `element`
  in, out  tensors in the file, inputs in operand order; shape: extents separated by commas, [] for a
           rank of 0; dtypes are in the file (F32 but for casts)
  abs, rel a result r is right where r and the expected e are NaN, or r == e (a zero has no sign here),
           or e is finite and |r - e| <= abs + rel * |e|
  int:     integer attributes, named as in the operator's attributes; lists by commas. `axes` and
           `order` list axes, `element` names a dtype (bf16, f16, s8, u8, s32, f32)
  scalar:  floating parameters: f32 operands of rank 0 that follow the inputs, in this order

Layouts: images [b, h, w, c], filters [r, s, c / groups, f]; conv1d [b, w, c] and [s, c / groups, f];
global pooling gives [b, 1, 1, c]. Casts round to nearest even, integers saturate and take NaN as 0.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from scipy import special

DATA = pathlib.Path(__file__).resolve().parent.parent / "tests" / "data"
EPS = 2.0 ** -23
TINY = 2.0 ** -126  # results below may be flushed to zero
INF, NAN = np.inf, np.nan
DTYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16", "int8": "I8", "uint8": "U8", "int32": "I32"}

random = np.random.default_rng(20240602)
files, lines, checked = {}, [], 0


class Bf16(np.ndarray):
    """Bits of bfloat16, for which numpy has no type."""


def dtype_name(array):
    return DTYPES["bfloat16" if isinstance(array, Bf16) else str(array.dtype)]


def f32(values):
    """Rounded to f32, once; overflow to infinity is what rounding means."""
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(np.float32)


def uniform(*shape, low=-2.0, high=2.0):
    return f32(random.uniform(low, high, shape))


def case(name, family, op, inputs, expected, absolute=0.0, relative=0.0, ints=None, scalars=None):
    """Adds one case. Inputs and the result are (tensor name, array); equal names share one tensor."""

    def field(kind, tensor, array):
        stored = files.setdefault(family, {})
        same = stored.setdefault(tensor, array)
        assert same is array or same.tobytes() == array.tobytes(), f"{family}: {tensor} twice"
        return f"{kind}={tensor}[{','.join(map(str, array.shape))}]"

    text = [name, op, f"file={family}.safetensors"]
    text += [field("in", tensor, array) for tensor, array in inputs]
    text += [field("out", f"{name}.out", expected), f"abs={absolute:.9g}", f"rel={relative:.9g}"]
    text += [f"int:{key}={','.join(map(str, np.atleast_1d(v)))}" for key, v in (ints or {}).items()]
    text += [f"scalar:{key}={np.float32(v):.9g}" for key, v in (scalars or {}).items()]
    lines.append(" ".join(text))


def check_onnx(op, inputs, expected, tolerance=2e-5, **attributes):
    """Stops where ONNX Runtime's f32 result differs from ours."""
    global checked
    names = [f"i{i}" for i in range(len(inputs))]
    node = onnx.helper.make_node(op, names, ["o"], **attributes)
    types = [onnx.helper.np_dtype_to_tensor_dtype(a.dtype) for a in inputs]
    graph = onnx.helper.make_graph([node], "g", [
        onnx.helper.make_tensor_value_info(n, t, a.shape) for n, t, a in zip(names, types, inputs)
    ], [onnx.helper.make_tensor_value_info("o", onnx.TensorProto.FLOAT, None)])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 20)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run(None, dict(zip(names, inputs)))[0]
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance, err_msg=op)
    checked += 1


# --- elementwise, one operand ---------------------------------------------------------------------

MAIN = f32(np.concatenate([
    np.linspace(-8, 8, 61), np.arange(-4.5, 5), random.uniform(-1, 1, 15), [1e-3, -1e-3, 1e-6, -1e-6, 0.0]
])).reshape(7, 13)
WIDE = f32(np.concatenate([np.linspace(-103, 88.6, 80), random.uniform(-20, 20, 11)])).reshape(7, 13)
POSITIVE = f32(np.concatenate([np.logspace(-37, 38, 76), random.uniform(0.5, 2, 15)])).reshape(7, 13)
EDGE = f32([
    0.0, -0.0, 1, -1, 2.0 ** -149, -(2.0 ** -149), TINY - 2.0 ** -149, TINY, -TINY, 3.4028235e38, -3.4028235e38,
    1e10, -1e10, INF, -INF, NAN, 88, -88, 87, -87, 88.5, -88.5, 89, -89, -103, -104.5, 0.5, -0.5, 1.5, -1.5, 2.5,
    -2.5, 8388607.5, -8388607.5, 8388609, 16777216, 2147483648, 1e-20, -1e-20
]).reshape(3, 13)
# x * (something that goes to 0) at -inf: NaN by the formula, 0 in the limit. Neither is asked for.
CONTESTED = {"gelu_erf", "gelu_tanh", "mish", "hardswish", "swish"}
SMOOTH = (4 * EPS, TINY)

UNARY = {  # op: (meaning, (relative, absolute), input sets, ONNX's name where it has the operator)
    "relu": (lambda x: np.where(x < 0, 0, x), (0, 0), "me", "Relu"),
    "tanh": (np.tanh, SMOOTH, "mwe", "Tanh"),
    "square": (np.square, (0, 0), "me", None),
    "abs": (np.abs, (0, 0), "me", "Abs"),
    "sqrt": (np.sqrt, (0, 0), "mpe", None),
    "rsqrt": (lambda x: 1 / np.sqrt(x), (2 * EPS, 0), "mpe", None),
    "exp": (np.exp, SMOOTH, "mwe", "Exp"),
    "exp2": (np.exp2, SMOOTH, "mwe", None),
    "log": (np.log, SMOOTH, "mpe", None),
    "erf": (special.erf, SMOOTH, "mwe", "Erf"),
    "sigmoid": (special.expit, SMOOTH, "mwe", "Sigmoid"),
    "softplus": (lambda x: np.logaddexp(0, x), (8 * EPS, TINY), "mwe", "Softplus"),
    "gelu_erf": (lambda x: 0.5 * x * special.erfc(-x / np.sqrt(2)), (8 * EPS, 5e-7), "mwe", "Gelu"),
    "gelu_tanh": (lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x ** 3))),
                  (8 * EPS, 5e-7), "mwe", None),
    "mish": (lambda x: x * np.tanh(np.logaddexp(0, x)), (16 * EPS, TINY), "mwe", "Mish"),
    "hardswish": (lambda x: x * np.clip(x / 6 + 0.5, 0, 1), (4 * EPS, 4 * EPS), "me", "HardSwish"),
    "reciprocal": (lambda x: 1 / x, (EPS / 2, 0), "mpe", None),
    "negate": (np.negative, (0, 0), "me", "Neg"),
    "round": (np.rint, (0, 0), "me", "Round"),
    "floor": (np.floor, (0, 0), "me", "Floor"),
    "ceil": (np.ceil, (0, 0), "me", "Ceil"),
}
PARAMETERS = [  # op, meaning, scalars, (relative, absolute), input sets
    ("leaky_relu", lambda x, a: np.where(x < 0, a * x, x), {"alpha": 0.01}, (0, 0), "me"),
    ("elu", lambda x, a: np.where(x < 0, a * np.expm1(x), x), {"alpha": 1.0}, (8 * EPS, TINY), "mwe"),
    ("elu", lambda x, a: np.where(x < 0, a * np.expm1(x), x), {"alpha": 0.7}, (8 * EPS, TINY), "me"),
    ("linear", lambda x, a, b: a * x + b, {"alpha": 0.5, "beta": 1.25}, (EPS, 0), "me"),
    ("linear", lambda x, a, b: a * x + b, {"alpha": -1.7, "beta": 0.3}, (EPS, 4 * EPS), "me"),
    ("quotient", lambda x, d, r: x / d, {"alpha": 3.0, "beta": 1 / 3}, (EPS, 0), "m"),
    ("swish", lambda x, a: x * special.expit(a * x), {"alpha": 1.0}, (8 * EPS, TINY), "mwe"),
    ("swish", lambda x, a: x * special.expit(a * x), {"alpha": 1.702}, (2e-5, TINY), "mwe"),
    ("clip", lambda x, lo, hi: np.clip(x, lo, hi), {"lo": -1.0, "hi": 3.5}, (0, 0), "me"),
    ("hardsigmoid", lambda x, a, b: np.clip(a * x + b, 0, 1), {"alpha": 0.2, "beta": 0.5}, (EPS, 2 * EPS), "me"),
    ("pow", lambda x, b: np.power(x, b), {"b": 2.0}, (4 * EPS, TINY), "mp"),
    ("pow", lambda x, b: np.power(x, b), {"b": 3.0}, (4 * EPS, TINY), "me"),
    ("pow", lambda x, b: np.power(x, b), {"b": 0.5}, (8 * EPS, TINY), "p"),
    ("pow", lambda x, b: np.power(x, b), {"b": -1.5}, (64 * EPS, TINY), "p")
]
SETS = {"m": ("main", MAIN), "w": ("wide", WIDE), "p": ("positive", POSITIVE), "e": ("edge", EDGE)}


def elementwise(name, op, meaning, bounds, sets, scalars, onnx_name=None):
    for letter in sets:
        suffix, x = SETS[letter]
        tensor = suffix
        if letter == "e" and op in CONTESTED:
            x, tensor = np.where(x == -INF, np.float32(-50), x), "edge.finite"
        values = [np.float64(np.float32(v)) for v in scalars.values()]
        with np.errstate(all="ignore"):
            expected = f32(meaning(x.astype(np.float64), *values))
        case(f"{name}.{suffix}", "elementwise", op, [(tensor, x)], expected, bounds[1], bounds[0], scalars=scalars)
        if onnx_name and letter == "m":
            check_onnx(onnx_name, [x], expected, 2e-6)


def make_elementwise():
    for op, (meaning, bounds, sets, onnx_name) in UNARY.items():
        elementwise(op, op, meaning, bounds, sets, {}, onnx_name)
    for n, (op, meaning, scalars, bounds, sets) in enumerate(PARAMETERS):
        elementwise(f"{op}.{n}", op, meaning, bounds, sets, scalars)
    slope = uniform(13, low=-0.5, high=0.5)
    for suffix, x in (("main", MAIN), ("edge", EDGE)):
        with np.errstate(all="ignore"):
            expected = f32(np.where(x < 0, x.astype(np.float64) * slope, x))
        case(f"prelu.{suffix}", "elementwise", "prelu", [(suffix, x), ("slope", slope)], expected)


# --- elementwise, two and three operands ----------------------------------------------------------

BINARY = {  # op: (meaning, relative, absolute)
    "add": (np.add, 0, 0), "sub": (np.subtract, 0, 0), "mul": (np.multiply, 0, 0), "div": (np.divide, 0, 0),
    "min": (np.minimum, 0, 0), "max": (np.maximum, 0, 0), "pow": (np.power, 32 * EPS, TINY),
    "equal": (np.equal, 0, 0), "not_equal": (np.not_equal, 0, 0), "less": (np.less, 0, 0),
    "less_equal": (np.less_equal, 0, 0), "greater": (np.greater, 0, 0), "greater_equal": (np.greater_equal, 0, 0)
}
BROADCASTS = {  # kind: shapes of a and b
    "full": ((5, 7), (5, 7)), "scalar": ((5, 7), ()), "row": ((5, 7), (7,)), "column": ((5, 7), (5, 1)),
    "left": ((7,), (5, 7)), "both": ((5, 1), (1, 7)), "batch": ((2, 3, 4), (3, 1)),
    "middle": ((2, 1, 3, 5), (4, 1, 5))
}
SPECIAL = f32([0.0, -0.0, 1, -1, 2.5, -3, INF, -INF, NAN, 3.4028235e38, 2.0 ** -149])


def make_binary():
    pairs = {}
    for kind, shapes in BROADCASTS.items():
        # Halves, so that some elements are equal; none is 0, so that all quotients are finite.
        pairs[kind] = [f32(random.integers(0, 16, s) * 0.5 - 3.75) for s in shapes]
    for op, (meaning, relative, absolute) in BINARY.items():
        for kind, (a, b) in pairs.items():
            names = [f"{kind}.a", f"{kind}.b"]
            if op == "pow":
                a, names[0] = np.abs(a), f"{kind}.base"
            expected = f32(meaning(a.astype(np.float64), b.astype(np.float64)))
            case(f"{op}.{kind}", "binary", op, list(zip(names, (a, b))), expected, absolute, relative)
        a, b = np.repeat(SPECIAL, len(SPECIAL)), np.tile(SPECIAL, len(SPECIAL))
        with np.errstate(all="ignore"):
            expected = f32(meaning(a.astype(np.float64), b.astype(np.float64)))
        case(f"{op}.special", "binary", op, [("special.a", a), ("special.b", b)], expected, absolute, relative)
    for kind, shapes in {
            "full": ((5, 7),) * 3, "row": ((7,), (5, 7), ()), "mask": ((5, 1, 7), (1, 3, 7), (5, 3, 1))
    }.items():
        c = f32(random.integers(-1, 2, shapes[0]))
        c.flat[0], c.flat[1] = NAN, -0.0
        a, b = uniform(*shapes[1]), uniform(*shapes[2])
        case(f"select.{kind}", "binary", "select", [(f"{kind}.select.{n}", t) for n, t in zip("cab", (c, a, b))],
             f32(np.where(c != 0, a, b)))


# --- contraction ----------------------------------------------------------------------------------

MATMULS = {  # name: (shape of a, shape of b), as multiplied; stored transposed where the case says so
    "2d": ((5, 7), (7, 11)), "tails": ((33, 52), (52, 37)), "block": ((16, 64), (64, 48)), "row": ((1, 37), (37, 19)),
    "column": ((19, 37), (37, 1)), "outer": ((6, 1), (1, 9)), "one": ((1, 1), (1, 1)), "dot": ((1, 129), (129, 1)),
    "nd_2d": ((2, 3, 7), (7, 5)), "batched": ((2, 3, 5, 7), (2, 3, 7, 4)), "broadcast": ((2, 1, 5, 7), (3, 7, 4)),
    "2d_nd": ((5, 7), (2, 7, 4)),
}


def make_matmul():
    for name, (shape_a, shape_b) in MATMULS.items():
        a, b = uniform(*shape_a), uniform(*shape_b)
        expected = f32(a.astype(np.float64) @ b.astype(np.float64))
        bound = (shape_a[-1] + 2) * EPS / 2 * (np.abs(a).astype(np.float64) @ np.abs(b)).max()
        check_onnx("MatMul", [a, b], expected)
        for ta, tb in (((0, 0), (1, 0), (0, 1), (1, 1)) if name in ("2d", "tails", "batched") else ((0, 0),)):
            stored = [
                np.ascontiguousarray(a.swapaxes(-1, -2)) if ta else a,
                np.ascontiguousarray(b.swapaxes(-1, -2)) if tb else b
            ]
            names = [f"{name}.a{'t' * ta}", f"{name}.b{'t' * tb}"]
            label = f"matmul.{name}" + (".t" + "a" * ta + "b" * tb if ta or tb else "")
            case(label, "matmul", "matmul", list(zip(names, stored)), expected, bound, EPS,
                 ints={"transpose_a": ta, "transpose_b": tb})
    # What is not finite stays in its row and column: padding of a tail must not spread it.
    a, b = uniform(5, 7), uniform(7, 11)
    a[1, 6], a[3, 0], b[2, 10] = INF, NAN, INF
    with np.errstate(invalid="ignore"):
        expected = f32(a.astype(np.float64) @ b.astype(np.float64))
        magnitude = np.where(np.isfinite(a), np.abs(a), 0).astype(np.float64) @ np.where(
            np.isfinite(b), np.abs(b), 0)
    case("matmul.special", "matmul", "matmul", [("special.a", a), ("special.b", b)], expected,
         9 * EPS / 2 * magnitude.max(), EPS, ints={"transpose_a": 0, "transpose_b": 0})


# --- windows: convolution and pooling -------------------------------------------------------------


def windows(x, size, at, fill):
    """Patches [b, h', w', r, s, c] of x [b, h, w, c], in f64."""
    padded = np.pad(x.astype(np.float64), ((0, 0), (at["top"], at["bottom"]), (at["left"], at["right"]), (0, 0)),
                    constant_values=fill)
    steps = [(at["stride_h"], at.get("dilation_h", 1)), (at["stride_w"], at.get("dilation_w", 1))]
    index = []
    for extent, length, (stride, dilation) in zip(padded.shape[1:3], size, steps):
        starts = np.arange(0, extent - (length - 1) * dilation, stride)
        index.append(starts[:, None] + np.arange(length)[None, :] * dilation)
    return padded[:, index[0][:, None, :, None], index[1][None, :, None, :], :]


def convolve(x, weights, at):
    """The result and its magnitude (the same sum over absolute values), in f64."""

    def sums(values, filters):
        patches = windows(values, filters.shape[:2], at, 0)
        groups, depth, wide = at["groups"], filters.shape[2], filters.shape[3] // at["groups"]
        parts = [
            np.einsum("bhwrsc,rscf->bhwf", patches[..., g * depth:(g + 1) * depth],
                      filters[..., g * wide:(g + 1) * wide].astype(np.float64)) for g in range(groups)
        ]
        return np.concatenate(parts, axis=-1)

    return sums(x, weights), sums(np.abs(x), np.abs(weights))


CONVOLUTIONS = [  # name, x, weights, attributes that are not the default
    ("1x1", (2, 4, 5, 7), (1, 1, 7, 9), {}), ("3x3", (1, 6, 7, 5), (3, 3, 5, 6), {}),
    ("same", (2, 5, 6, 4), (3, 3, 4, 17), dict(top=1, left=1, bottom=1, right=1)),
    ("stride", (1, 9, 8, 3), (3, 3, 3, 8), dict(stride_h=2, stride_w=2, top=1, left=1, bottom=1, right=1)),
    ("floor", (1, 8, 8, 3), (3, 2, 3, 4), dict(stride_h=3, stride_w=4)),
    ("uneven", (1, 5, 7, 3), (4, 3, 3, 5), dict(stride_w=2, top=2, left=0, bottom=1, right=2)),
    ("dilated", (1, 9, 9, 3), (3, 3, 3, 4), dict(dilation_h=2, dilation_w=3, top=2, left=3, bottom=2, right=3)),
    ("grouped", (1, 5, 5, 6), (3, 3, 3, 8), dict(groups=2, top=1, left=1, bottom=1, right=1)),
    ("depthwise", (2, 6, 5, 19), (3, 3, 1, 19), dict(groups=19, top=1, left=1, bottom=1, right=1)),
    ("depthwise_stride", (1, 7, 7, 8), (3, 3, 1, 8),
     dict(groups=8, stride_h=2, stride_w=2, top=1, left=1, bottom=1, right=1)),
    ("multiplier", (1, 5, 5, 4), (3, 3, 1, 8), dict(groups=4)), ("whole", (1, 4, 4, 5), (4, 4, 5, 3), {}),
    ("stem", (1, 15, 15, 3), (7, 7, 3, 16), dict(stride_h=2, stride_w=2, top=3, left=3, bottom=3, right=3))
]
CONVOLUTIONS_1D = [
    ("plain", (2, 11, 5), (3, 5, 6), {}),
    ("causal", (1, 12, 4), (3, 4, 7), dict(left=4, dilation=2)),
    ("stride", (1, 13, 3), (4, 3, 5), dict(stride=2, left=1, right=2)),
    ("depthwise", (1, 9, 18), (3, 1, 18), dict(groups=18, left=1, right=1)),
]


def channels_first(x):
    return np.ascontiguousarray(np.moveaxis(x, -1, 1))


def make_convolution():
    plain = dict(stride_h=1, stride_w=1, top=0, left=0, bottom=0, right=0, dilation_h=1, dilation_w=1, groups=1)
    for name, shape, filter_shape, changed in CONVOLUTIONS:
        at = plain | changed
        x, w = uniform(*shape), uniform(*filter_shape)
        expected, magnitude = convolve(x, w, at)
        bound = (np.prod(filter_shape[:3]) + 2) * EPS / 2 * magnitude.max()
        case(f"conv2d.{name}", "convolution", "conv2d", [(f"{name}.x", x), (f"{name}.w", w)], f32(expected), bound,
             EPS, ints=at)
        check_onnx("Conv", [channels_first(x), np.ascontiguousarray(w.transpose(3, 2, 0, 1))],
                   channels_first(f32(expected)), strides=[at["stride_h"], at["stride_w"]],
                   dilations=[at["dilation_h"], at["dilation_w"]],
                   pads=[at["top"], at["left"], at["bottom"], at["right"]], group=at["groups"])
    for name, shape, filter_shape, changed in CONVOLUTIONS_1D:
        at = dict(stride=1, left=0, right=0, dilation=1, groups=1) | changed
        x, w = uniform(*shape), uniform(*filter_shape)
        flat = plain | dict(stride_w=at["stride"], left=at["left"], right=at["right"], dilation_w=at["dilation"],
                            groups=at["groups"])
        expected, magnitude = (s[:, 0] for s in convolve(x[:, None], w[None], flat))
        bound = (np.prod(filter_shape[:2]) + 2) * EPS / 2 * magnitude.max()
        case(f"conv1d.{name}", "convolution", "conv1d", [(f"1d.{name}.x", x), (f"1d.{name}.w", w)], f32(expected),
             bound, EPS, ints=at)
        check_onnx("Conv", [channels_first(x), np.ascontiguousarray(w.transpose(2, 1, 0))],
                   channels_first(f32(expected)), strides=[at["stride"]], dilations=[at["dilation"]],
                   pads=[at["left"], at["right"]], group=at["groups"])


POOLINGS = [  # name, x, window, attributes that are not the default
    ("2x2", (2, 6, 8, 5), (2, 2), dict(stride_h=2, stride_w=2)),
    ("3x3", (1, 7, 7, 17), (3, 3), dict(stride_h=2, stride_w=2, top=1, left=1, bottom=1, right=1)),
    ("overlap", (1, 5, 6, 3), (3, 2), {}),
    ("uneven", (1, 5, 5, 4), (3, 3), dict(stride_w=2, top=0, left=2, bottom=1, right=1)),
    ("floor", (1, 8, 8, 3), (3, 3), dict(stride_h=2, stride_w=3)), ("whole", (2, 4, 3, 6), (4, 3), {})
]


def make_pooling():
    for name, shape, (r, s), changed in POOLINGS:
        at = (dict(window_h=r, window_w=s, stride_h=1, stride_w=1, top=0, left=0, bottom=0, right=0) | changed)
        x = uniform(*shape)
        arguments = dict(kernel_shape=[r, s], strides=[at["stride_h"], at["stride_w"]],
                         pads=[at["top"], at["left"], at["bottom"], at["right"]])
        expected = f32(windows(x, (r, s), at, -INF).max(axis=(3, 4)))
        case(f"max_pool.{name}", "pooling", "max_pool", [(f"{name}.x", x)], expected,
             ints=at | dict(count_include_pad=0))
        check_onnx("MaxPool", [channels_first(x)], channels_first(expected), **arguments)
        total = windows(x, (r, s), at, 0).sum(axis=(3, 4))
        inside = windows(np.ones_like(x), (r, s), at, 0).sum(axis=(3, 4))
        for include in (0, 1):
            expected = f32(total / (r * s if include else inside))
            case(f"avg_pool.{name}.{include}", "pooling", "avg_pool", [(f"{name}.x", x)], expected,
                 (r * s + 2) * EPS, EPS, ints=at | dict(count_include_pad=include))
            check_onnx("AveragePool", [channels_first(x)], channels_first(expected), count_include_pad=include,
                       **arguments)
    x = uniform(2, 5, 7, 19)
    case("global_avg_pool", "pooling", "global_avg_pool", [("global.x", x)],
         f32(x.astype(np.float64).mean(axis=(1, 2), keepdims=True)), 37 * EPS, EPS)
    case("global_max_pool", "pooling", "global_max_pool", [("global.x", x)], x.max(axis=(1, 2), keepdims=True))
    x = uniform(1, 4, 4, 3)
    x[0, 1, 1, 0], x[0, 2, 2, 1], x[0, 0, 0, 2] = NAN, INF, -INF
    at = dict(window_h=2, window_w=2, stride_h=1, stride_w=1, top=1, left=1, bottom=0, right=0, count_include_pad=0)
    case("max_pool.special", "pooling", "max_pool", [("special.x", x)],
         f32(windows(x, (2, 2), at, -INF).max(axis=(3, 4))), ints=at)


# --- reductions and rows --------------------------------------------------------------------------

REDUCTIONS = {  # op: (meaning over axes, whether it is exact)
    "reduce_sum": (np.sum, False), "reduce_max": (np.max, True), "reduce_min": (np.min, True),
    "reduce_mean": (np.mean, False), "reduce_prod": (np.prod, False),
    "reduce_l1": (lambda x, **k: np.abs(x).sum(**k), False),
    "reduce_l2": (lambda x, **k: np.sqrt(np.square(x).sum(**k)), False)
}


def make_reduction():
    x2, x4, long = uniform(5, 37), uniform(2, 3, 4, 5), uniform(3, 301)
    shapes = [("rows", x2, (1,)), ("columns", x2, (0,)), ("all", x2, (0, 1)), ("inner", x4, (3,)),
              ("middle", x4, (1,)), ("apart", x4, (0, 2)), ("images", x4, (1, 2)), ("long", long, (1,))]
    for op, (meaning, exact) in REDUCTIONS.items():
        for name, x, axes in shapes:
            if op == "reduce_prod" and x is long:
                continue  # below the least float
            tensor = {2: "long" if x is long else "x2", 4: "x4"}[x.ndim]
            count = np.prod([x.shape[a] for a in axes])
            magnitude = np.abs(x.astype(np.float64)).sum(axis=axes).max()
            relative = (0 if exact else (count * EPS if op == "reduce_prod" else
                                         (count / 2 + 3) * EPS if op == "reduce_l2" else EPS))
            absolute = (0 if exact or op in ("reduce_prod", "reduce_l2") else
                        (count + 2) * EPS / 2 * magnitude / (count if op == "reduce_mean" else 1))
            for keep in (0, 1) if name in ("rows", "apart") else (0,):
                expected = f32(meaning(x.astype(np.float64), axis=axes, keepdims=bool(keep)))
                case(f"{op}.{name}.{keep}", "reduction", op, [(tensor, x)], expected, absolute, relative,
                     ints={"axes": axes, "keep": keep})
    x = uniform(6, 5)
    x[0, 1], x[1, 2], x[2, 3], x[3, 0], x[3, 4], x[4] = NAN, INF, -INF, INF, -INF, -INF
    for op, (meaning, _) in REDUCTIONS.items():
        if op != "reduce_prod":
            with np.errstate(invalid="ignore"):
                expected = f32(meaning(x.astype(np.float64), axis=(1,)))
            case(f"{op}.special", "reduction", op, [("special", x)], expected, 7 * EPS / 2 * 10, 4 * EPS,
                 ints={"axes": (1,), "keep": 0})


def softmax(x, axis):
    with np.errstate(invalid="ignore"):
        e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def log_softmax(x, axis):
    with np.errstate(invalid="ignore"):
        d = x - x.max(axis=axis, keepdims=True)
    return d - np.log(np.exp(d).sum(axis=axis, keepdims=True))


def make_row():
    x2, x3 = uniform(5, 37, low=-6, high=6), uniform(3, 4, 9, low=-6, high=6)
    far = uniform(4, 19) * 30 + np.float32(1e4)
    masked = uniform(6, 7)
    masked[0, 3:], masked[1, 1:], masked[2], masked[3, 2], masked[4, 5] = -INF, -INF, -INF, NAN, INF
    one = uniform(4, 1)
    inputs = [("rows", "x2", x2, 1), ("columns", "x2", x2, 0), ("middle", "x3", x3, 1), ("first", "x3", x3, 0),
              ("last", "x3", x3, 2), ("far", "far", far, 1), ("masked", "masked", masked, 1),
              ("one", "one", one, 1)]
    for name, tensor, x, axis in inputs:
        n = x.shape[axis]
        expected = f32(softmax(x.astype(np.float64), axis))
        # e^d carries the relative error of d, |d| * 2^-24 for what rounds: the difference is exact near 0.
        case(f"softmax.{name}", "row", "softmax", [(tensor, x)], expected, TINY, (16 + n / 2) * EPS,
             ints={"axis": axis})
        expected_log = f32(log_softmax(x.astype(np.float64), axis))
        finite = np.abs(expected_log[np.isfinite(expected_log)]).max()
        case(f"log_softmax.{name}", "row", "log_softmax", [(tensor, x)], expected_log, (8 + n / 2) * EPS, 4 * EPS,
             ints={"axis": axis})
        assert finite < 1e3
        if name != "masked":
            check_onnx("Softmax", [x], expected, 2e-6, axis=axis)
            check_onnx("LogSoftmax", [x], expected_log, 2e-5, axis=axis)
    make_norms(x2, x3)


def make_norms(x2, x3):
    def layer_norm(x, gamma, beta, epsilon):
        d = x - x.mean(axis=-1, keepdims=True)
        return d / np.sqrt(np.square(d).mean(axis=-1, keepdims=True) + epsilon) * gamma + beta

    # A mean of 1,000 at a spread of 1: variance as mean(x^2) - mean(x)^2 has no right digit there.
    shifted = uniform(4, 33) + np.float32(1000)
    flat = np.full((3, 9), 2.5, np.float32)
    # What rounds in a sum of such elements moves the first by 1e-3 at most, the second by 2.4e-7 / sqrt(epsilon).
    for name, x, epsilon, bound in (("x2", x2, 1e-5, 32 * EPS), ("x3", x3, 1e-3, 32 * EPS),
                                    ("shifted", shifted, 1e-5, 2e-3), ("flat", flat, 1e-5, 3e-4)):
        gamma, beta = uniform(x.shape[-1]), uniform(x.shape[-1])
        tensors = [(name, x), (f"{name}.gamma", gamma), (f"{name}.beta", beta)]
        e = np.float64(np.float32(epsilon))
        expected = f32(layer_norm(x.astype(np.float64), gamma.astype(np.float64), beta.astype(np.float64), e))
        case(f"layer_norm.{name}", "row", "layer_norm", tensors, expected, bound, 8 * EPS,
             scalars={"epsilon": epsilon})
        if name != "shifted":
            check_onnx("LayerNormalization", [x, gamma, beta], expected, 1e-5, axis=-1, epsilon=float(e))
        wide = x.astype(np.float64)
        expected = f32(wide / np.sqrt(np.square(wide).mean(axis=-1, keepdims=True) + e) * gamma)
        case(f"rms_norm.{name}", "row", "rms_norm", tensors[:2], expected, TINY, (8 + x.shape[-1] / 2) * EPS,
             scalars={"epsilon": epsilon})
    for name, shape in (("rows", (5, 17)), ("images", (2, 3, 4, 7))):
        x, c = uniform(*shape), shape[-1]
        gamma, beta, mean, variance = (uniform(c), uniform(c), uniform(c), uniform(c, low=0.1, high=3))
        e = np.float64(np.float32(1e-5))
        wide = [t.astype(np.float64) for t in (gamma, beta, mean, variance)]
        expected = f32((x - wide[2]) / np.sqrt(wide[3] + e) * wide[0] + wide[1])
        names = [f"{name}.{n}" for n in ("x", "gamma", "beta", "mean", "variance")]
        # Folded to scale and shift, x * scale and mean * scale cancel: the bound is on their size.
        case(f"batch_norm.{name}", "row", "batch_norm", list(zip(names, (x, gamma, beta, mean, variance))),
             expected, f32(8 * EPS * (4 * 2 / np.sqrt(0.1) + 2)), 8 * EPS, scalars={"epsilon": 1e-5})
        check_onnx("BatchNormalization", [channels_first(x), gamma, beta, mean, variance], channels_first(expected),
                   2e-5, epsilon=float(e))


# --- movement and casts ---------------------------------------------------------------------------


def make_movement():
    x2, x3, x4 = uniform(5, 7), uniform(4, 6, 5), uniform(2, 3, 4, 5)
    for name, tensor, x, shape in (("flatten", "x3", x3, (4, 30)), ("split", "x3", x3, (4, 3, 2, 5)),
                                   ("line", "x4", x4, (120,)), ("ones", "x2", x2, (1, 5, 1, 7))):
        case(f"reshape.{name}", "movement", "reshape", [(tensor, x)], x.reshape(shape), ints={"shape": shape})
    for tensor, x, order in (("x2", x2, (1, 0)), ("x3", x3, (0, 2, 1)), ("x3", x3, (2, 0, 1)),
                             ("x4", x4, (0, 2, 1, 3)), ("x4", x4, (3, 1, 0, 2))):
        case(f"transpose.{''.join(map(str, order))}", "movement", "transpose", [(tensor, x)],
             np.ascontiguousarray(x.transpose(order)), ints={"order": order})
    parts = {
        "rows": (0, (3, 7), (2, 7)), "columns": (1, (5, 7), (5, 1), (5, 10)), "middle": (1, (2, 3, 4), (2, 1, 4))
    }
    for name, (axis, *shapes) in parts.items():
        inputs = [(f"{name}.{i}", uniform(*s)) for i, s in enumerate(shapes)]
        case(f"concat.{name}", "movement", "concat", inputs, np.concatenate([t for _, t in inputs], axis=axis),
             ints={"axis": axis})
    cuts = {
        "rows": ("x2", x2, 0, 1, 4, 1), "columns": ("x2", x2, 1, 2, 7, 1), "step": ("x2", x2, 1, 1, 7, 3),
        "last": ("x3", x3, 2, 4, 5, 1), "middle": ("x3", x3, 1, 0, 6, 2), "odd": ("x4", x4, 3, 0, 4, 3)
    }
    for name, (tensor, x, axis, begin, end, step) in cuts.items():
        index = [slice(None)] * x.ndim
        index[axis] = slice(begin, end, step)
        case(f"slice.{name}", "movement", "slice", [(tensor, x)], np.ascontiguousarray(x[tuple(index)]),
             ints=dict(axis=axis, begin=begin, end=end, step=step))


def to_bf16(x):
    """Nearest even by integer arithmetic on the bits."""
    bits = x.view(np.uint32).astype(np.uint64)
    rounded = np.where(np.isnan(x), bits >> 16 | 0x40, bits + 0x7FFF + (bits >> 16 & 1) >> 16)
    return rounded.astype(np.uint16).view(Bf16)


def to_integer(x, dtype):
    limits = np.iinfo(dtype)
    return np.clip(np.nan_to_num(np.rint(x.astype(np.float64)), nan=0, posinf=INF, neginf=-INF), limits.min,
                   limits.max).astype(dtype)


def make_cast():
    ulp16, ulp11 = 2.0 ** -8, 2.0 ** -11
    ties = [s * (1 + k * u) for s in (1, -1) for u in (ulp16, ulp11) for k in (0.5, 1, 1.5, 2, 2.5, 3, 5, 7)]
    values = f32([
        0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 2.5, 126.5, 127.4, 127.5, 128, -128, -128.5, -128.51, -129, 254.5, 255,
        255.49, 255.5, 300, -0.51, 65504, 65519, 65520, 65536, -65520, 2.0 ** -14, 2.0 ** -24, 2.0 ** -25,
        1.5 * 2.0 ** -25, 3 * 2.0 ** -25, 2.0 ** -26, TINY, 2.0 ** -149, 2.0 ** -134, 2.0 ** -133, 3 * 2.0 ** -134,
        3.4028235e38, -3.4028235e38, 3.39e38, 2147483520, 2147483648, -2147483648, -2147483904, 8388607.5,
        8388608.5, 1e-3, 3.14159274, INF, -INF, NAN, *ties, *random.uniform(-300, 300, 20)
    ])
    with np.errstate(over="ignore"):
        results = {
            "bf16": to_bf16(values), "f16": values.astype(np.float16), "s8": to_integer(values, np.int8),
            "u8": to_integer(values, np.uint8), "s32": to_integer(values, np.int32)
        }
    for element, expected in results.items():
        case(f"cast.f32.{element}", "cast", "cast", [("values", values)], expected, ints={"element": element})
    bits = np.concatenate([
        random.integers(0, 65536, 60),
        [
            0, 0x8000, 1, 0x8001, 0x3FF, 0x400, 0x7BFF, 0x7C00, 0xFC00, 0x7E00, 0x7F, 0x80, 0x7F7F, 0x7F80, 0xFF80,
            0x7FC0, 0x3F80, 0x3C00
        ]
    ]).astype(np.uint16)
    brain = bits.view(Bf16)
    case("cast.bf16.f32", "cast", "cast", [("bf16", brain)], (bits.astype(np.uint32) << 16).view(np.float32),
         ints={"element": "f32"})
    case("cast.f16.f32", "cast", "cast", [("f16", bits.view(np.float16))], f32(bits.view(np.float16)),
         ints={"element": "f32"})
    for element, dtype in (("s8", np.int8), ("u8", np.uint8)):
        limits = np.iinfo(dtype)
        every = np.arange(limits.min, limits.max + 1).astype(dtype)
        case(f"cast.{element}.f32", "cast", "cast", [(element, every)], f32(every), ints={"element": "f32"})
    wide = np.array([
        0, 1, -1, 2 ** 24, 2 ** 24 + 1, 2 ** 24 + 3, -(2 ** 24) - 1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 65,
        123456789
    ], np.int32)
    case("cast.s32.f32", "cast", "cast", [("s32", wide)], f32(wide), ints={"element": "f32"})


# --- quantisation ---------------------------------------------------------------------------------


def quantized(x, scale, zero, dtype):
    """ONNX QuantizeLinear, one operation after the other in f32. No quotient may lie so near to a
    half that another rounding of it would matter, unless it is one exactly."""
    with np.errstate(over="ignore", invalid="ignore"):
        quotient = f32(x) / f32(scale)
    exact = np.asarray(x, np.float64) / np.asarray(scale, np.float64)
    finite = np.where(np.isfinite(exact), exact, 0)
    near = np.abs(finite - np.floor(finite) - 0.5) < 1e-4
    assert np.all((quotient == exact) | ~near | ~np.isfinite(exact)), "a quotient near a half"
    limits = np.iinfo(dtype)
    shifted = np.rint(quotient).astype(np.float64) + np.asarray(zero, np.float64)
    return np.clip(np.where(np.isnan(shifted), 0, shifted), limits.min, limits.max).astype(dtype)


def dequantized(q, scale, zero):
    return f32((q.astype(np.float64) - np.asarray(zero, np.float64)) * np.asarray(scale, np.float64))


def check_quantized(op, inputs, expected, opset=20, **attributes):
    """Stops where ONNX Runtime does not agree bit by bit."""
    global checked
    names = [f"i{i}" for i in range(len(inputs))]
    to_type = onnx.helper.np_dtype_to_tensor_dtype
    graph = onnx.helper.make_graph([onnx.helper.make_node(op, names, ["o"], **attributes)], "g", [
        onnx.helper.make_tensor_value_info(n, to_type(a.dtype), a.shape) for n, a in zip(names, inputs)
    ], [onnx.helper.make_tensor_value_info("o", to_type(expected.dtype), None)])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found = session.run(None, dict(zip(names, inputs)))[0]
    np.testing.assert_array_equal(found, expected, err_msg=op)
    checked += 1


def make_quantized():
    family = "quantization"
    ties = np.arange(-300, 300) * 0.25
    x = f32(np.concatenate([ties, random.uniform(-40, 40, 57), [0.0, -0.0, 3e38, -3e38, INF, -INF]])).reshape(13, 51)
    for name, dtype, scale, zero in (("u8", np.uint8, 0.5, 0), ("u8_shifted", np.uint8, 0.25, 127),
                                     ("s8", np.int8, 0.5, 0), ("s8_shifted", np.int8, 0.125, -9),
                                     ("u8_third", np.uint8, 0.3, 128), ("s8_seventh", np.int8, 0.7, 3)):
        values = x if scale in (0.5, 0.25, 0.125) else f32(
            (random.integers(-260, 260, (7, 9)) + random.uniform(-0.49, 0.49, (7, 9))) * scale)
        s, z = np.array(scale, np.float32), np.array(zero, dtype)
        expected = quantized(values, s, z, dtype)
        check_quantized("QuantizeLinear", [values, s, z], expected)
        case(f"quantize.{name}", family, "quantize",
             [(f"{name}.x", values), (f"{name}.scale", s), (f"{name}.zero", z)], expected,
             ints={"element": "u8" if dtype is np.uint8 else "s8"})
    for axis, shape in ((0, (7, 1)), (1, (9,))):
        channels = shape[0]
        s = f32(random.uniform(0.1, 2, channels))
        z = random.integers(0, 255, channels).astype(np.uint8)
        wide_s, wide_z = s.reshape(shape), z.reshape(shape)
        values = f32((random.integers(-130, 130, (7, 9)) + random.uniform(-0.49, 0.49, (7, 9))) * wide_s)
        expected = quantized(values, wide_s, wide_z, np.uint8)
        check_quantized("QuantizeLinear", [values, s, z], expected, axis=axis)
        names = [f"axis{axis}.x", f"axis{axis}.scale", f"axis{axis}.zero"]
        case(f"quantize.axis{axis}", family, "quantize", list(zip(names, [values, wide_s, wide_z])), expected,
             ints={"element": "u8"})
        back = dequantized(expected, wide_s, wide_z)
        check_quantized("DequantizeLinear", [expected, s, z], back, axis=axis)
        names[0] = f"axis{axis}.q"
        case(f"dequantize.axis{axis}", family, "dequantize", list(zip(names, [expected, wide_s, wide_z])), back)
    wide = np.array([0, 1, -1, 2 ** 24, 2 ** 31 - 128, -(2 ** 31), 123456768], np.int32)
    s, z = np.array(0.0078125, np.float32), np.array(0, np.int32)
    check_quantized("DequantizeLinear", [wide, s, z], dequantized(wide, s, z))
    case("dequantize.s32", family, "dequantize", [("wide", wide), ("wide.scale", s), ("wide.zero", z)],
         dequantized(wide, s, z))
    for name, a_type, b_type, columns, scales in (("u8s8", np.uint8, np.int8, False, (0.5, 0.25, 32.0)),
                                                  ("s8s8", np.int8, np.int8, False, (0.02, 0.01, 0.7)),
                                                  ("u8u8", np.uint8, np.uint8, False, (0.02, 0.01, 0.9)),
                                                  ("columns", np.uint8, np.int8, True, (0.03, 0.02, 1.1))):
        m, k, n = 9, 33, 6
        a_limits, b_limits = np.iinfo(a_type), np.iinfo(b_type)
        for attempt in range(1000):
            a = random.integers(a_limits.min, a_limits.max + 1, (m, k)).astype(a_type)
            b = random.integers(b_limits.min, b_limits.max + 1, (k, n)).astype(b_type)
            a_zero = np.array(a_limits.min + 100, a_type)
            b_zero = (random.integers(-20, 20, n) if columns else np.array(b_limits.min + 90)).astype(b_type)
            sa, sy = np.float32(scales[0]), np.array(scales[2], np.float32)
            sb = f32(random.uniform(0.5, 2, n) * scales[1]) if columns else np.array(scales[1], np.float32)
            sums = (a.astype(np.int64) - a_zero) @ (b.astype(np.int64) - b_zero)
            real = sums * np.float64(sa) * np.asarray(sb, np.float64) / np.float64(sy)
            distance = np.abs(real - np.floor(real) - 0.5)
            if np.all((distance > 1e-3) | (scales[0] == 0.5)):
                break
        zero = np.array(a_limits.min + 130, a_type)
        expected = np.clip(np.rint(real) + zero, a_limits.min, a_limits.max).astype(a_type)
        sa = np.array(sa, np.float32)
        check_quantized("QLinearMatMul", [a, sa, a_zero, b, sb, b_zero, sy, zero], expected)
        parts = ("a", "a.scale", "a.zero", "b", "b.scale", "b.zero", "y.scale", "y.zero")
        case(f"quantized_matmul.{name}", family, "quantized_matmul",
             [(f"{name}.{part}", t) for part, t in zip(parts, (a, sa, a_zero, b, sb, b_zero, sy, zero))], expected,
             ints={"element": "u8" if a_type is np.uint8 else "s8"})


def make_grouped():
    """Weights of 4 and 8 bits with a scale and a zero point for every group along k."""
    family = "grouped"
    for name, bits, m, k, n, group, scales, zeros in (("4", 4, 3, 32, 5, 8, np.float32, None),
                                                      ("4_zeros", 4, 2, 48, 7, 16, np.float16, np.float32),
                                                      ("8", 8, 1, 24, 9, 4, np.float32, None),
                                                      ("8_zeros", 8, 5, 20, 3, 20, np.float16, np.float16)):
        a = uniform(m, k)
        q = random.integers(0, 1 << bits, (k, n)).astype(np.uint8)
        s = random.uniform(0.01, 0.1, (k // group, n)).astype(scales)
        z = (np.array(1 << (bits - 1), np.float32) if zeros is None else random.integers(
            0, 1 << bits, (k // group, n)).astype(zeros))
        wide_s = s.astype(np.float32)
        wide_z = np.broadcast_to(z, s.shape).astype(np.uint8)
        w = dequantized(q, np.repeat(wide_s, group, 0), np.repeat(wide_z, group, 0))
        check_quantized("DequantizeLinear", [q, wide_s, wide_z], w, opset=21, axis=0, block_size=group)
        exact = (q.astype(np.float64) - np.repeat(wide_z, group, 0)) * np.repeat(wide_s, group, 0)
        expected = f32(a.astype(np.float64) @ exact)
        check_onnx("MatMul", [a, w], expected)
        bound = (k + 2) * EPS / 2 * (np.abs(a).astype(np.float64) @ np.abs(exact)).max()
        stored = q if bits == 8 else q[0::2] | (q[1::2] << 4)
        parts = [(f"{name}.a", a), (f"{name}.w", stored), (f"{name}.scale", s), (f"{name}.zero", z)]
        case(f"grouped_matmul.{name}", family, "grouped_matmul", parts, expected, bound, EPS,
             ints={"bits": bits, "group": group})


# --- files ----------------------------------------------------------------------------------------


def encode(tensors):
    """The bytes of a safetensors file."""
    header, data = {}, b""
    for name, array in tensors.items():
        raw = np.ascontiguousarray(array).tobytes()
        header[name] = {
            "dtype": dtype_name(array), "shape": list(array.shape),
            "data_offsets": [len(data), len(data) + len(raw)]
        }
        data += raw
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + data


def main():
    for make in (make_elementwise, make_binary, make_matmul, make_convolution, make_pooling, make_reduction,
                 make_row, make_movement, make_cast, make_quantized, make_grouped):
        make()
    names = [line.split()[0] for line in lines]
    assert len(set(names)) == len(names), "a case's name stands twice"
    DATA.mkdir(parents=True, exist_ok=True)
    total = 0
    for family, tensors in files.items():
        total += (DATA / f"{family}.safetensors").write_bytes(encode(tensors))
    head = "# Made by tools/make_oracle_cases.py, which says what the fields mean.\n"
    total += (DATA / "cases.txt").write_text(head + "\n".join(lines) + "\n")
    ops = sorted({line.split()[1] for line in lines})
    print(f"{len(lines)} cases of {len(ops)} operators, {checked} agreed with ONNX Runtime, {total} bytes")
    print(" ".join(ops))


if __name__ == "__main__":
    sys.exit(main())
