"""Means, sums and extrema over axes, and where the extremum is."""

import numpy as np

from draw import Draw
from graph import Case, Graph
from quantizing import activation, recorded


def reduction(draw: Draw) -> Case:
    name = draw.pick(("MEAN", "REDUCE_MAX", "SUM", "REDUCE_MIN"))
    dtype = draw.pick({"MEAN": ("float32", "int8", "int16"), "SUM": ("float32", "int8", "int16")}.get(name, ("float32", "int8")))
    shape = draw.shape(draw.integer(1, 4), 7)
    axes = [axis for axis in range(len(shape)) if draw.flag()] or [len(shape) - 1]
    if len(shape) == 4 and draw.flag():
        axes = [1, 2]
    keeps = draw.flag()
    target = [1 if axis in axes else size for axis, size in enumerate(shape) if keeps or axis not in axes]
    graph = Graph()
    source = graph.input(shape, dtype, activation(draw, dtype))
    written = [axis - len(shape) if draw.flag() else axis for axis in axes]
    axis = graph.constant(np.array(written, np.int32))
    same = graph.tensors[source].quantization if name.startswith("REDUCE") else activation(draw, dtype)
    result = graph.activation(target, dtype, same)
    graph.operator(name, [source, axis], [result], ("ReducerOptions", {"KeepDims": keeps}))
    return Case("reduction", [graph.returning(result)], recorded(draw, graph))


def arg_extremum(draw: Draw) -> Case:
    name = draw.pick(("ARG_MAX", "ARG_MIN"))
    dtype = draw.pick(("float32", "int8"))
    shape = draw.shape(draw.integer(1, 4), 6)
    axis = draw.integer(0, len(shape) - 1)
    graph = Graph()
    source = graph.input(shape, dtype, activation(draw, dtype))
    dimension = graph.constant(np.array([axis - len(shape) if draw.flag() else axis], np.int32))
    result = graph.activation([size for at, size in enumerate(shape) if at != axis], "int32")
    table = {"ARG_MAX": "ArgMaxOptions", "ARG_MIN": "ArgMinOptions"}[name]
    graph.operator(name, [source, dimension], [result], (table, {"OutputType": 2}))
    return Case("arg_extremum", [graph.returning(result)], recorded(draw, graph))


def cumulative_sum(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8"))
    shape = draw.shape(draw.integer(1, 4), 6)
    graph = Graph()
    source = graph.input(shape, dtype, activation(draw, dtype))
    axis = graph.constant(np.array([draw.integer(0, len(shape) - 1)], np.int32))
    result = graph.activation(shape, dtype, activation(draw, dtype))
    graph.operator("CUMSUM", [source, axis], [result], ("CumsumOptions", {"Exclusive": draw.flag(), "Reverse": draw.flag()}))
    return Case("cumulative_sum", [graph.returning(result)], recorded(draw, graph))


def conjunction(draw: Draw) -> Case:
    shape = draw.shape(draw.integer(1, 4), 5)
    axes = [axis for axis in range(len(shape)) if draw.flag()] or [0]
    keeps = draw.flag()
    graph = Graph()
    source = graph.input(shape, "bool")
    axis = graph.constant(np.array(axes, np.int32))
    result = graph.activation([1 if at in axes else size for at, size in enumerate(shape) if keeps or at not in axes], "bool")
    graph.operator("REDUCE_ALL", [source, axis], [result], ("ReducerOptions", {"KeepDims": keeps}))
    return Case("conjunction", [graph.returning(result)], recorded(draw, graph))


FAMILIES = (reduction, arg_extremum, cumulative_sum, conjunction)
