"""Operators on one tensor, element by element or row by row."""

import numpy as np

from draw import Draw
from graph import Case, Graph, Quantization
from quantizing import activation, recorded, scale_near, weights


def clamp(draw: Draw) -> Case:
    name = draw.pick(("RELU", "RELU6"))
    dtype = draw.pick(("float32", "int8", "int16"))
    quantization = activation(draw, dtype)
    target = activation(draw, dtype) if dtype != "float32" and name == "RELU" else quantization
    return _unary(draw, "clamp", name, dtype, quantization, target, None)


def leaky_relu(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8", "int16"))
    slope = draw.pick((0.01, 0.3, 0.0, 1.0, 1.5, -0.25))
    return _unary(draw, "leaky_relu", "LEAKY_RELU", dtype, activation(draw, dtype), activation(draw, dtype), ("LeakyReluOptions", {"Alpha": slope}))


def hard_swish(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8"))
    return _unary(draw, "hard_swish", "HARD_SWISH", dtype, activation(draw, dtype), activation(draw, dtype), None)


def elu(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8"))
    return _unary(draw, "elu", "ELU", dtype, activation(draw, dtype), activation(draw, dtype), None)


def sigmoid_like(draw: Draw) -> Case:
    """LOGISTIC and TANH have a fixed output quantisation."""
    name = draw.pick(("LOGISTIC", "TANH"))
    dtype = draw.pick(("float32", "int8", "int16"))
    target = {
        ("LOGISTIC", "int8"): Quantization((1 / 256,), (-128,)),
        ("TANH", "int8"): Quantization((1 / 128,), (0,)),
        ("LOGISTIC", "int16"): Quantization((1 / 32768,), (0,)),
        ("TANH", "int16"): Quantization((1 / 32768,), (0,)),
    }.get((name, dtype))
    source = activation(draw, dtype)
    if dtype == "int16":
        source = Quantization((draw.pick((8 / 32768, 1 / 32768, scale_near(draw, 0.0002))),), (0,))
    return _unary(draw, "sigmoid_like", name, dtype, source, target, None, spread=4.0)


def softmax(draw: Draw) -> Case:
    dtype, target_dtype = draw.pick((("float32", "float32"), ("int8", "int8"), ("int8", "int16"), ("int16", "int16")))
    beta = draw.pick((1.0, 0.5, 2.0))
    shape = [*draw.shape(draw.integer(1, 3), 3), draw.pick((2, 1, 10, 12, 100))]
    target = {"float32": None, "int8": Quantization((1 / 256,), (-128,)), "int16": Quantization((1 / 32768,), (0,))}[target_dtype]
    if (dtype, target_dtype) == ("int8", "int16"):
        target = Quantization((1 / 65536,), (-32768,))
    graph = Graph()
    middle = 0.1 if dtype == "int8" else 0.0005
    quantization = Quantization((scale_near(draw, middle),), activation(draw, dtype).zero_points) if dtype != "float32" else None
    source = graph.input(shape, dtype, quantization)
    result = graph.activation(shape, target_dtype, target)
    graph.operator("SOFTMAX", [source], [result], ("SoftmaxOptions", {"Beta": beta}))
    return Case("softmax", [graph.returning(result)], recorded(draw, graph, 4.0))


def log_softmax(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8"))
    target = Quantization((16 / 256,), (127,)) if dtype == "int8" else None
    return _unary(draw, "log_softmax", "LOG_SOFTMAX", dtype, activation(draw, dtype), target, ("LogSoftmaxOptions", {}), spread=4.0)


def prelu(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8", "int16"))
    stored = "int8" if dtype == "int16" else dtype
    shape = [1, *draw.shape(3, 6)]
    slopes = draw.pick(([1, 1, shape[3]], shape[1:], [1]))
    graph = Graph()
    source = graph.input(shape, dtype, activation(draw, dtype))
    alpha = graph.constant(weights(draw, slopes, stored), activation(draw, stored))
    result = graph.activation(shape, dtype, activation(draw, dtype))
    graph.operator("PRELU", [source, alpha], [result])
    return Case("prelu", [graph.returning(result)], recorded(draw, graph))


def l2_normalization(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8"))
    target = Quantization((1 / 128,), (0,)) if dtype == "int8" else None
    return _unary(draw, "l2_normalization", "L2_NORMALIZATION", dtype, activation(draw, dtype), target, ("L2NormOptions", {}))


def real_functions(draw: Draw) -> Case:
    name = draw.pick(("ABS", "NEG", "SQUARE", "FLOOR", "CEIL", "ROUND", "SQRT", "RSQRT", "EXP", "LOG", "SIN", "COS"))
    table = {"ABS": "AbsOptions", "NEG": "NegOptions", "SQUARE": "SquareOptions", "EXP": "ExpOptions", "COS": "CosOptions"}.get(name)
    case = _unary(draw, "real_functions", name, "float32", None, None, (table, {}) if table else None)
    if name in ("SQRT", "RSQRT", "LOG"):
        case.inputs = [np.abs(values) + np.float32(0.001) for values in case.inputs]
    return case


def quantized_functions(draw: Draw) -> Case:
    """ABS and RSQRT know int8 and int16."""
    name = draw.pick(("ABS", "RSQRT"))
    dtype = draw.pick(("int8", "int16"))
    source, target = activation(draw, dtype), activation(draw, dtype)
    if name == "RSQRT":
        source = Quantization(source.scales, (-128 if dtype == "int8" else 0,))
    case = _unary(draw, "quantized_functions", name, dtype, source, target, ("AbsOptions", {}) if name == "ABS" else None)
    if name == "RSQRT":
        case.inputs = [np.maximum(values, -127 if dtype == "int8" else 1) for values in case.inputs]
    return case


def logical_not(draw: Draw) -> Case:
    return _unary(draw, "logical_not", "LOGICAL_NOT", "bool", None, None, ("LogicalNotOptions", {}))


def _unary(draw: Draw, family: str, name: str, dtype: str, source, target, options, spread: float = 2.0) -> Case:
    shape = draw.shape(draw.integer(1, 4), 6)
    graph = Graph()
    entry = graph.input(shape, dtype, source)
    result = graph.activation(shape, dtype, target)
    graph.operator(name, [entry], [result], options)
    return Case(family, [graph.returning(result)], recorded(draw, graph, spread))


FAMILIES = (
    clamp, leaky_relu, hard_swish, elu, sigmoid_like, softmax, log_softmax, prelu, l2_normalization,
    real_functions, quantized_functions, logical_not,
)
