"""Convolutions and pools: strides 1x4, kernels 23x1, dilation, depth multipliers, 1x1 images, batches."""

from dataclasses import dataclass

import numpy as np
import tflite

from draw import Draw
from graph import Case, Graph, Quantization
from quantizing import activation, output_for_sum, per_channel, recorded, weights

ACTIVATIONS = (
    tflite.ActivationFunctionType.NONE,
    tflite.ActivationFunctionType.RELU,
    tflite.ActivationFunctionType.RELU6,
    tflite.ActivationFunctionType.RELU_N1_TO_1,
)
CHANNELS = (1, 2, 3, 4, 5, 7, 8, 11, 16, 17, 24, 33)


@dataclass
class Window:
    """One geometry that fits its image; sizes are (height, width)."""

    batch: int
    image: tuple[int, int]
    kernel: tuple[int, int]
    stride: tuple[int, int]
    dilation: tuple[int, int]
    padding: int

    @staticmethod
    def drawn(draw: Draw, dilated: bool = True) -> "Window":
        kernel = draw.pick(((1, 1), (3, 3), (2, 2), (1, 3), (5, 1), (23, 1), (1, 10), (4, 4), (10, 4), (7, 7)))
        stride = draw.pick(((1, 1), (2, 2), (1, 4), (2, 1), (3, 2)))
        dilation = draw.pick(((1, 1), (2, 2), (1, 3))) if dilated else (1, 1)
        padding = draw.pick((tflite.Padding.VALID, tflite.Padding.SAME))
        least = tuple((k - 1) * d + 1 for k, d in zip(kernel, dilation)) if padding == tflite.Padding.VALID else (1, 1)
        image = tuple(low + draw.integer(0, 9) for low in least)
        return Window(draw.pick((1, 1, 2, 3)), image, kernel, stride, dilation, padding)

    def output(self) -> tuple[int, int]:
        if self.padding == tflite.Padding.SAME:
            return tuple(-(-i // s) for i, s in zip(self.image, self.stride))
        reach = [(k - 1) * d + 1 for k, d in zip(self.kernel, self.dilation)]
        return tuple((i - r) // s + 1 for i, r, s in zip(self.image, reach, self.stride))

    def strides(self) -> dict:
        return {"Padding": self.padding, "StrideH": self.stride[0], "StrideW": self.stride[1]}

    def dilations(self) -> dict:
        return {"DilationHFactor": self.dilation[0], "DilationWFactor": self.dilation[1]}


def conv_2d(draw: Draw) -> Case:
    dtype, stored = draw.pick((("float32", "float32"), ("int8", "int8"), ("int16", "int8"), ("int8", "int4")))
    window = Window.drawn(draw)
    inputs, outputs = draw.pick(CHANNELS), draw.pick(CHANNELS)
    groups = draw.pick((1, 1, 1, inputs)) if dtype != "int16" and stored != "int4" else 1
    outputs = outputs * groups if groups > 1 else outputs
    graph = Graph()
    source = graph.input([window.batch, *window.image, inputs], dtype, activation(draw, dtype))
    shape = [outputs, *window.kernel, inputs // groups]
    filters, bias = _filters(draw, graph, source, shape, stored, outputs, 0)
    terms = int(np.prod(shape[1:]))
    options = ("Conv2DOptions", window.strides() | window.dilations() | _fused(draw))
    return _finished(draw, graph, "CONV_2D", [source, filters, *bias], [window.batch, *window.output(), outputs], terms, options)


def depthwise_conv_2d(draw: Draw) -> Case:
    dtype, stored = draw.pick((("float32", "float32"), ("int8", "int8"), ("int16", "int8"), ("int8", "int4")))
    window = Window.drawn(draw)
    inputs, multiplier = draw.pick(CHANNELS), draw.pick((1, 2, 8, 3))
    outputs = inputs * multiplier
    graph = Graph()
    source = graph.input([window.batch, *window.image, inputs], dtype, activation(draw, dtype))
    filters, bias = _filters(draw, graph, source, [1, *window.kernel, outputs], stored, outputs, 3)
    terms = window.kernel[0] * window.kernel[1]
    fields = window.strides() | window.dilations() | {"DepthMultiplier": multiplier} | _fused(draw)
    options = ("DepthwiseConv2DOptions", fields)
    return _finished(draw, graph, "DEPTHWISE_CONV_2D", [source, filters, *bias], [window.batch, *window.output(), outputs], terms, options)


def transpose_conv(draw: Draw) -> Case:
    dtype, stored = draw.pick((("float32", "float32"), ("int8", "int8"), ("int16", "int8")))
    window = Window.drawn(draw, dilated=False)
    inputs, outputs = draw.pick(CHANNELS[:8]), draw.pick(CHANNELS[:8])
    graph = Graph()
    small = window.output()
    source = graph.input([window.batch, *small, inputs], dtype, activation(draw, dtype))
    filters, bias = _filters(draw, graph, source, [outputs, *window.kernel, inputs], stored, outputs, 0)
    shape = [window.batch, *window.image, outputs]
    sizes = graph.constant(np.array(shape, np.int32))
    terms = max(1, window.kernel[0] * window.kernel[1] * inputs // (window.stride[0] * window.stride[1]))
    options = ("TransposeConvOptions", window.strides())
    return _finished(draw, graph, "TRANSPOSE_CONV", [sizes, filters, source, *bias], shape, terms, options, source)


def pool(draw: Draw) -> Case:
    name = draw.pick(("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"))
    dtype = "float32" if name == "L2_POOL_2D" else draw.pick(("float32", "int8", "int16"))
    window = Window.drawn(draw, dilated=False)
    channels = draw.pick(CHANNELS)
    graph = Graph()
    quantization = activation(draw, dtype)
    source = graph.input([window.batch, *window.image, channels], dtype, quantization)
    result = graph.activation([window.batch, *window.output(), channels], dtype, quantization)
    sizes = {"FilterHeight": window.kernel[0], "FilterWidth": window.kernel[1]}
    graph.operator(name, [source], [result], ("Pool2DOptions", window.strides() | sizes | _fused(draw)))
    return Case("pool", [graph.returning(result)], recorded(draw, graph))


def _fused(draw: Draw) -> dict:
    return {"FusedActivationFunction": draw.pick(ACTIVATIONS)}


def _filters(draw: Draw, graph: Graph, source: int, shape, stored: str, outputs: int, axis: int) -> tuple[int, list[int]]:
    """The weights and, mostly, a bias with the scale input x weight."""
    data = weights(draw, shape, stored)
    biased = draw.integer(0, 4) != 0
    if stored == "float32":
        return graph.constant(data), [graph.constant(weights(draw, [outputs], "float32"))] if biased else []
    quantization = per_channel(draw, outputs, 0.01, axis)
    filters = graph.constant(data, quantization, stored)
    if not biased:
        return filters, []
    scale = graph.tensors[source].quantization.scale
    product = Quantization(tuple(float(np.float32(scale * s)) for s in quantization.scales), (0,) * outputs)
    wide = np.int64 if graph.tensors[source].dtype == "int16" else np.int32
    return filters, [graph.constant(draw.data().integers(-3000, 3001, outputs).astype(wide), product)]


def _finished(draw: Draw, graph: Graph, name: str, inputs, shape, terms: int, options, source: int | None = None) -> Case:
    entry = graph.tensors[inputs[0] if source is None else source]
    filters = graph.tensors[inputs[1]]
    product = entry.quantization.scale * max(filters.quantization.scales) if filters.quantization else 1.0
    result = graph.activation(shape, entry.dtype, output_for_sum(draw, entry.dtype, terms, product))
    graph.operator(name, inputs, [result], options)
    return Case(name.lower(), [graph.returning(result)], recorded(draw, graph))


FAMILIES = (conv_2d, depthwise_conv_2d, transpose_conv, pool)
