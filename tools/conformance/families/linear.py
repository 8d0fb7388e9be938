"""Fully connected layers and matrix products."""

import numpy as np

from draw import Draw
from families.windows import ACTIVATIONS
from graph import Case, Graph, Quantization
from quantizing import activation, output_for_sum, per_channel, recorded, scale_near, weights

WIDTHS = (1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 64, 100, 257)


def fully_connected(draw: Draw) -> Case:
    dtype, stored = draw.pick((("float32", "float32"), ("int8", "int8"), ("int16", "int8"), ("int8", "int4")))
    depth, units = draw.pick(WIDTHS), draw.pick(WIDTHS)
    leading = draw.pick(([1], [3], [2, 3]))
    graph = Graph()
    source = graph.input([*leading, depth], dtype, activation(draw, dtype))
    quantization = _weight_quantization(draw, dtype, stored, units)
    filters = graph.constant(weights(draw, [units, depth], stored), quantization, stored)
    bias = [_bias(draw, graph, source, quantization, units)] if draw.integer(0, 4) else [-1]
    keeps = len(leading) > 1
    shape = [*leading, units]
    product = graph.tensors[source].quantization.scale * max(quantization.scales) if quantization else 1.0
    result = graph.activation(shape, dtype, output_for_sum(draw, dtype, depth, product))
    fields = {"FusedActivationFunction": draw.pick(ACTIVATIONS), "KeepNumDims": keeps}
    graph.operator("FULLY_CONNECTED", [source, filters, *bias], [result], ("FullyConnectedOptions", fields))
    return Case("fully_connected", [graph.returning(result)], recorded(draw, graph))


def _weight_quantization(draw: Draw, dtype: str, stored: str, units: int) -> Quantization | None:
    """Per tensor (int8 with any zero point, which TFLite Micro honours) or per channel."""
    if stored == "float32":
        return None
    if stored == "int8" and dtype == "int8" and units > 1 and draw.flag():
        return per_channel(draw, units, 0.01, 0)
    point = draw.pick((0, 0, 5, -128, 127)) if dtype == "int8" and stored == "int8" else 0
    return Quantization((scale_near(draw, 0.01),), (point,))


def _bias(draw: Draw, graph: Graph, source: int, quantization: Quantization | None, units: int) -> int:
    if quantization is None:
        return graph.constant(weights(draw, [units], "float32"))
    entry = graph.tensors[source]
    scales = tuple(float(np.float32(entry.quantization.scale * s)) for s in quantization.scales)
    wide = np.int64 if entry.dtype == "int16" else np.int32
    data = draw.data().integers(-3000, 3001, units).astype(wide)
    return graph.constant(data, Quantization(scales, (0,) * len(scales)))


def batch_matmul(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8", "int16"))
    rows, depth, columns = draw.pick(WIDTHS[:9]), draw.pick(WIDTHS[:9]), draw.pick(WIDTHS[:9])
    leading = draw.pick(([], [2], [2, 3]))
    adjoint = (draw.flag(), draw.flag())
    left = [depth, rows] if adjoint[0] else [rows, depth]
    right = [columns, depth] if adjoint[1] else [depth, columns]
    graph = Graph()
    first = graph.input([*leading, *left], dtype, activation(draw, dtype))
    second = graph.input([*leading, *right], dtype, activation(draw, dtype))
    scales = [graph.tensors[i].quantization.scale if graph.tensors[i].quantization else 1.0 for i in (first, second)]
    result = graph.activation([*leading, rows, columns], dtype, output_for_sum(draw, dtype, depth, scales[0] * scales[1]))
    options = ("BatchMatMulOptions", {"AdjX": adjoint[0], "AdjY": adjoint[1]})
    graph.operator("BATCH_MATMUL", [first, second], [result], options)
    return Case("batch_matmul", [graph.returning(result)], recorded(draw, graph))


FAMILIES = (fully_connected, batch_matmul)
