"""From one element type or quantisation to another."""

import numpy as np
import tflite

from draw import Draw
from graph import Case, Graph
from quantizing import activation, recorded

CASTS = ("float32", "int8", "int16", "int32", "bool", "uint8", "uint32")


def quantize(draw: Draw) -> Case:
    pairs = (("float32", "int8"), ("float32", "int16"), ("float32", "uint8"), ("int8", "int8"), ("int8", "uint8"), ("uint8", "int8"),
             ("int8", "int16"), ("int16", "int8"), ("int16", "int16"), ("int16", "int32"), ("int8", "int32"), ("int32", "int8"), ("int32", "int16"))
    source, target = draw.pick(pairs)
    return _converted(draw, "quantize", "QUANTIZE", source, target, activation(draw, source), activation(draw, target), ("QuantizeOptions", {}))


def dequantize(draw: Draw) -> Case:
    source = draw.pick(("int8", "uint8", "int16"))
    return _converted(draw, "dequantize", "DEQUANTIZE", source, "float32", activation(draw, source), None, ("DequantizeOptions", {}))


def cast(draw: Draw) -> Case:
    source, target = draw.pick(CASTS), draw.pick(CASTS)
    names = {"float32": "FLOAT32", "int8": "INT8", "int16": "INT16", "int32": "INT32", "bool": "BOOL", "uint8": "UINT8", "uint32": "UINT32"}
    types = {key: getattr(tflite.TensorType, name) for key, name in names.items()}
    options = ("CastOptions", {"InDataType": types[source], "OutDataType": types[target]})
    case = _converted(draw, "cast", "CAST", source, target, None, None, options)
    if source == "float32":
        # What a float outside the target's range becomes is undefined in C: nobody can be compared with.
        case.inputs = [np.clip(values, 0 if target.startswith("uint") else -100, 100) for values in case.inputs]
    return case


def _converted(draw: Draw, family: str, name: str, source: str, target: str, first, second, options) -> Case:
    shape = draw.shape(draw.integer(1, 4), 6)
    graph = Graph()
    entry = graph.input(shape, source, first)
    result = graph.activation(shape, target, second)
    graph.operator(name, [entry], [result], options)
    return Case(family, [graph.returning(result)], recorded(draw, graph))


FAMILIES = (quantize, dequantize, cast)
