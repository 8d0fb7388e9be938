"""Operators with state that survives from one recorded input to the next."""

import numpy as np
import tflite

from draw import Draw
from graph import Case, Graph, Quantization
from quantizing import activation, recorded, scale_near, weights

GATES = 4


def svdf(draw: Draw) -> Case:
    dtype = draw.pick(("float32", "int8"))
    batch, width, memory, rank = draw.pick((1, 2)), draw.pick((1, 3, 8, 20)), draw.pick((2, 1, 5, 10)), draw.pick((1, 2, 3))
    units = draw.pick((1, 2, 5, 8))
    filters = units * rank
    graph = Graph()
    source = graph.input([batch, width], dtype, activation(draw, dtype))
    fused = {"FusedActivationFunction": draw.pick((tflite.ActivationFunctionType.NONE, tflite.ActivationFunctionType.RELU))}
    options = ("SVDFOptions", {"Rank": rank, **(fused if dtype == "float32" else {"FusedActivationFunction": 1})})
    if dtype == "float32":
        feature, time = graph.constant(weights(draw, [filters, width], dtype)), graph.constant(weights(draw, [filters, memory], dtype))
        bias, state = graph.constant(weights(draw, [units], dtype)), graph.variable([batch, memory * filters], dtype)
        result = graph.activation([batch, units], dtype)
    else:
        first, second, kept = scale_near(draw, 0.01), scale_near(draw, 0.001), scale_near(draw, 0.001)
        feature = graph.constant(weights(draw, [filters, width], "int8"), Quantization((first,), (0,)))
        stored = draw.pick(("int16", "int8"))
        time = graph.constant(weights(draw, [filters, memory], stored), Quantization((second,), (0,)))
        bias = graph.constant(draw.data().integers(-9000, 9001, units).astype(np.int32), Quantization((kept * second,), (0,)))
        state = graph.variable([batch, memory * filters], stored, Quantization((kept,), (0,) if stored == "int16" else (draw.pick((0, 7)),)))
        result = graph.activation([batch, units], dtype, Quantization((scale_near(draw, kept * 8),), activation(draw, "int8").zero_points))
    graph.operator("SVDF", [source, feature, time, bias, state], [result], options)
    return Case("svdf", [graph.returning(result)], recorded(draw, graph))


def lstm(draw: Draw) -> Case:
    """UNIDIRECTIONAL_SEQUENCE_LSTM without peepholes and projection, which is what TFLite Micro has."""
    dtype = draw.pick(("float32", "int8", "int16"))
    steps, width, units = draw.pick((1, 2, 5)), draw.pick((1, 3, 8)), draw.pick((1, 2, 5, 8))
    batch, time_major = draw.pick((1, 2)), draw.flag()
    graph = Graph()
    leading = [steps, batch] if time_major else [batch, steps]
    low = {"int8": -128, "int16": 0}.get(dtype, 0)
    source = graph.input([*leading, width], dtype, activation(draw, dtype))
    hidden = None if dtype == "float32" else Quantization((1 / 128 if dtype == "int8" else 1 / 32768,), (draw.pick((0, 3)) if dtype == "int8" else 0,))
    inputs = [source, *_gates(draw, graph, source, units, width, None), *_gates(draw, graph, source, units, units, hidden)]
    inputs += [-1, -1, -1, *_gate_biases(draw, graph, source, units), -1, -1]
    cell = None if dtype == "float32" else Quantization((2.0**-11,), (0,))
    inputs.append(graph.variable([batch, units], dtype, hidden))
    inputs.append(graph.variable([batch, units], "float32" if dtype == "float32" else "int16", cell))
    inputs += [-1] * 4
    result = graph.activation([*leading, units], dtype, hidden)
    fields = {"FusedActivationFunction": tflite.ActivationFunctionType.TANH, "CellClip": draw.pick((10.0, 0.0, 0.5)), "ProjClip": 0.0, "TimeMajor": time_major}
    graph.operator("UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, [result], ("UnidirectionalSequenceLSTMOptions", fields))
    return Case("lstm", [graph.returning(result)], recorded(draw, graph))


def _gates(draw: Draw, graph: Graph, source: int, units: int, depth: int, quantization) -> list[int]:
    if graph.tensors[source].dtype == "float32":
        return [graph.constant(weights(draw, [units, depth], "float32")) for _ in range(GATES)]
    return [graph.constant(weights(draw, [units, depth], "int8"), Quantization((scale_near(draw, 0.004),), (0,))) for _ in range(GATES)]


def _gate_biases(draw: Draw, graph: Graph, source: int, units: int) -> list[int]:
    entry = graph.tensors[source]
    if entry.dtype == "float32":
        return [graph.constant(weights(draw, [units], "float32")) for _ in range(GATES)]
    wide = np.int32 if entry.dtype == "int8" else np.int64
    scale = float(np.float32(entry.quantization.scale * 0.004))
    return [graph.constant(draw.data().integers(-900, 901, units).astype(wide), Quantization((scale,), (0,))) for _ in range(GATES)]


FAMILIES = (svdf, lstm)
