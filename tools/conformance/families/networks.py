"""Chains of layers as field models have them, so that plans, lifetimes and shared memory are tried too."""

import numpy as np
import tflite

from draw import Draw
from families.windows import ACTIVATIONS
from graph import Case, Graph, Quantization
from quantizing import activation, output_for_sum, per_channel, recorded, weights


def network(draw: Draw) -> Case:
    """Convolutions, depthwise convolutions, pools, residual additions; then a mean, a dense layer and a softmax."""
    dtype = draw.pick(("float32", "int8"))
    graph = Graph()
    image = [draw.pick((1, 2)), draw.integer(4, 12), draw.integer(4, 12), draw.pick((1, 3, 8))]
    at = graph.input(image, dtype, activation(draw, dtype))
    for _ in range(draw.integer(1, 5)):
        at = draw.pick((_convolution, _depthwise, _residual, _pool))(draw, graph, at)
    at = _dense(draw, graph, _mean(draw, graph, at))
    return Case("network", [graph.returning(_softmax(graph, at))], recorded(draw, graph))


def _convolution(draw: Draw, graph: Graph, source: int) -> int:
    shape = graph.tensors[source].shape
    size, channels = draw.pick((1, 3)), draw.pick((4, 8, 12, 16))
    return _layer(draw, graph, source, "CONV_2D", [channels, size, size, shape[3]], channels, 0, "Conv2DOptions", {})


def _depthwise(draw: Draw, graph: Graph, source: int) -> int:
    multiplier = draw.pick((1, 1, 2))
    channels = graph.tensors[source].shape[3] * multiplier
    fields = {"DepthMultiplier": multiplier}
    return _layer(draw, graph, source, "DEPTHWISE_CONV_2D", [1, 3, 3, channels], channels, 3, "DepthwiseConv2DOptions", fields)


def _layer(draw: Draw, graph: Graph, source: int, name: str, filters: list[int], channels: int, axis: int, table: str, fields: dict) -> int:
    entry = graph.tensors[source]
    quantization = per_channel(draw, channels, 0.01, axis) if entry.dtype == "int8" else None
    data = graph.constant(weights(draw, filters, entry.dtype), quantization)
    bias = _zeros(graph, channels, entry.quantization, quantization)
    terms = int(np.prod(filters[1:])) if axis == 0 else filters[1] * filters[2]
    product = entry.quantization.scale * max(quantization.scales) if quantization else 1.0
    stride = draw.pick((1, 2))
    shape = [entry.shape[0], -(-entry.shape[1] // stride), -(-entry.shape[2] // stride), channels]
    result = graph.activation(shape, entry.dtype, output_for_sum(draw, entry.dtype, terms, product))
    common = {"Padding": tflite.Padding.SAME, "StrideH": stride, "StrideW": stride, "FusedActivationFunction": draw.pick(ACTIVATIONS[:3])}
    return graph.operator(name, [source, data, bias], [result], (table, common | {"DilationHFactor": 1, "DilationWFactor": 1} | fields))


def _zeros(graph: Graph, channels: int, entry: Quantization | None, filters: Quantization | None) -> int:
    if entry is None or filters is None:
        return graph.constant(np.zeros(channels, np.float32))
    scales = tuple(float(np.float32(entry.scale * scale)) for scale in filters.scales)
    return graph.constant(np.zeros(channels, np.int32), Quantization(scales, (0,) * len(scales)))


def _residual(draw: Draw, graph: Graph, source: int) -> int:
    """Keeps `source` alive over a layer."""
    entry = graph.tensors[source]
    inner = graph.activation(entry.shape, entry.dtype, entry.quantization)
    graph.operator("MAX_POOL_2D", [source], [inner], ("Pool2DOptions", {"Padding": tflite.Padding.SAME, "StrideH": 1, "StrideW": 1, "FilterHeight": 3, "FilterWidth": 3}))
    result = graph.activation(entry.shape, entry.dtype, activation(draw, entry.dtype))
    return graph.operator("ADD", [source, inner], [result], ("AddOptions", {"FusedActivationFunction": draw.pick(ACTIVATIONS[:2])}))


def _pool(draw: Draw, graph: Graph, source: int) -> int:
    entry = graph.tensors[source]
    shape = [entry.shape[0], -(-entry.shape[1] // 2), -(-entry.shape[2] // 2), entry.shape[3]]
    result = graph.activation(shape, entry.dtype, entry.quantization)
    fields = {"Padding": tflite.Padding.SAME, "StrideH": 2, "StrideW": 2, "FilterHeight": 2, "FilterWidth": 2}
    return graph.operator(draw.pick(("MAX_POOL_2D", "AVERAGE_POOL_2D")), [source], [result], ("Pool2DOptions", fields))


def _mean(draw: Draw, graph: Graph, source: int) -> int:
    entry = graph.tensors[source]
    result = graph.activation([entry.shape[0], entry.shape[3]], entry.dtype, activation(draw, entry.dtype))
    axes = graph.constant(np.array([1, 2], np.int32))
    return graph.operator("MEAN", [source, axes], [result], ("ReducerOptions", {"KeepDims": False}))


def _dense(draw: Draw, graph: Graph, source: int) -> int:
    entry, units = graph.tensors[source], draw.integer(2, 12)
    quantization = Quantization((0.01,), (0,)) if entry.dtype == "int8" else None
    filters = graph.constant(weights(draw, [units, entry.shape[1]], entry.dtype), quantization)
    bias = _zeros(graph, units, entry.quantization, quantization)
    product = entry.quantization.scale * 0.01 if entry.quantization else 1.0
    result = graph.activation([entry.shape[0], units], entry.dtype, output_for_sum(draw, entry.dtype, entry.shape[1], product))
    return graph.operator("FULLY_CONNECTED", [source, filters, bias], [result], ("FullyConnectedOptions", {}))


def _softmax(graph: Graph, source: int) -> int:
    entry = graph.tensors[source]
    quantization = Quantization((1 / 256,), (-128,)) if entry.dtype == "int8" else None
    result = graph.activation(entry.shape, entry.dtype, quantization)
    return graph.operator("SOFTMAX", [source], [result], ("SoftmaxOptions", {"Beta": 1.0}))


FAMILIES = (network,)
