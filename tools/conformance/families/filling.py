"""Operators that make a tensor from a shape, a value or an index."""

import numpy as np

from draw import Draw
from graph import Case, Graph
from quantizing import activation, recorded, weights


def fill(draw: Draw) -> Case:
    dtype, shape = draw.pick(("float32", "int8", "int32")), draw.shape(draw.integer(1, 4), 5)
    quantization = activation(draw, dtype)
    graph = Graph()
    value = graph.input([], dtype, quantization)
    result = graph.activation(shape, dtype, quantization)
    sizes = graph.constant(np.array(shape, draw.pick((np.int32, np.int64))))
    graph.operator("FILL", [sizes, value], [result], ("FillOptions", {}))
    return Case("fill", [graph.returning(result)], recorded(draw, graph))


def broadcast_args(draw: Draw) -> Case:
    """The shape that two shapes broadcast to, computed while the model runs."""
    dtype, wide = draw.pick(("int32", "int64")), draw.shape(draw.integer(1, 4), 6)
    narrow = [draw.pick((size, 1)) for size in wide[draw.integer(0, len(wide) - 1) :]]
    shapes = [wide, narrow] if draw.flag() else [narrow, wide]
    graph = Graph()
    sources = [graph.input([len(shape)], dtype) for shape in shapes]
    result = graph.activation([len(wide)], dtype)
    graph.operator("BROADCAST_ARGS", sources, [result], None)
    return Case("broadcast_args", [graph.returning(result)], [np.array([shape] * 2, dtype) for shape in shapes])


def embedding_lookup(draw: Draw) -> Case:
    dtype, rows, width, count = draw.pick(("float32", "int8")), draw.integer(1, 6), draw.integer(1, 5), draw.integer(1, 4)
    quantization = activation(draw, dtype)
    graph = Graph()
    index = graph.input([count], "int32")
    table = graph.constant(weights(draw, [rows, width], dtype), quantization)
    result = graph.activation([count, width], dtype, quantization)
    graph.operator("EMBEDDING_LOOKUP", [index, table], [result], None)
    return Case("embedding_lookup", [graph.returning(result)], [draw.data().integers(0, rows, [3, count]).astype(np.int32)])


FAMILIES = (fill, broadcast_args, embedding_lookup)
