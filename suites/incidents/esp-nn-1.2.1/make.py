#!/usr/bin/env python3
"""Makes models/wakeword.int8.tflite: a streaming wake-word network as satellites run them.

    python make.py            write the model
    python make.py --check    exit 1 unless the committed model is what this script writes, byte for byte

Three new frames of 40 features come in every 30 ms. Each layer keeps what it has seen before in a
resource variable (a ring that is shifted by concatenating and slicing), so that a layer sees its whole
window at every call. The weights are drawn from a fixed seed, not trained: what this suite is about is
memory, and memory depends on shapes alone. Ranges come from the same network in float64.
"""

import argparse
import sys
from pathlib import Path

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

MODEL = Path(__file__).resolve().parent / "models" / "wakeword.int8.tflite"
SEED = 20260401
FRAMES, FEATURES = 3, 40
CALIBRATION_STEPS = 200
Op, Type = schema.BuiltinOperator, schema.TensorType


class AlignedBuffer(schema.BufferT):
    """Data at a multiple of 16, as converters write it: boards load int32 biases in place."""

    def Pack(self, builder):
        builder.StartVector(1, len(self.data), 16)
        builder.head -= len(self.data)
        builder.Bytes[builder.head:builder.head + len(self.data)] = self.data
        data = builder.EndVector()
        schema.BufferStart(builder)
        schema.BufferAddData(builder, data)
        return schema.BufferEnd(builder)


class Network:
    """Writes each layer into the main subgraph, and computes it in float for the ranges."""

    def __init__(self, random):
        self.random = random
        self.buffers, self.codes = [schema.BufferT()], []
        self.main, self.start = self.subgraph("main"), self.subgraph("start")
        self.variables = 0

    # Parts of the file.

    @staticmethod
    def subgraph(name):
        graph = schema.SubGraphT()
        graph.name, graph.tensors, graph.operators, graph.inputs, graph.outputs = name, [], [], [], []
        return graph

    def tensor(self, name, shape, kind, scale=None, zero=0, data=None, axis=0, graph=None):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), kind, 0
        if data is not None:
            buffer = AlignedBuffer()
            buffer.data = data.tobytes()
            self.buffers.append(buffer)
            tensor.buffer = len(self.buffers) - 1
        if scale is not None:
            scales = [float(s) for s in np.atleast_1d(scale)]
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = scales
            tensor.quantization.zeroPoint = [int(zero)] * len(scales)
            tensor.quantization.quantizedDimension = axis
        graph = graph or self.main
        graph.tensors.append(tensor)
        return len(graph.tensors) - 1

    def integers(self, name, values):
        return self.tensor(name, [len(values)], Type.INT32, data=np.array(values, np.int32))

    def add(self, code, inputs, outputs, kind=None, options=None, graph=None, version=1):
        key = (code, version)
        if key not in self.codes:
            self.codes.append(key)
        operator = schema.OperatorT()
        operator.opcodeIndex, operator.inputs, operator.outputs = self.codes.index(key), inputs, outputs
        if options is not None:
            operator.builtinOptionsType, operator.builtinOptions = kind, options
        (graph or self.main).operators.append(operator)

    # Layers. A value is (tensor index, floats over all calibration steps, scale, zero point).

    def memory(self, value, name, rows):
        """The last `rows` rows before this call, then the new ones: [1, rows + new, 1, channels]."""
        index, floats, scale, zero = value
        steps, new, channels = floats.shape
        shape = [1, rows, 1, channels]
        handle = self.handle(self.main, name)
        self.zeros_at_start(name, shape, scale, zero)
        old = self.tensor(f"{name}/old", shape, Type.INT8, scale, zero)
        self.add(Op.READ_VARIABLE, [handle], [old])
        window = self.tensor(f"{name}/window", [1, rows + new, 1, channels], Type.INT8, scale, zero)
        concatenation = schema.ConcatenationOptionsT()
        concatenation.axis = 1
        self.add(Op.CONCATENATION, [old, index], [window], schema.BuiltinOptions.ConcatenationOptions, concatenation, version=2)
        kept = self.tensor(f"{name}/kept", shape, Type.INT8, scale, zero)
        ends = [self.integers(f"{name}/{what}", at) for what, at in (
            ("begin", [0, new, 0, 0]), ("end", [1, rows + new, 1, channels]), ("strides", [1, 1, 1, 1]))]
        self.add(Op.STRIDED_SLICE, [window, *ends], [kept], schema.BuiltinOptions.StridedSliceOptions, schema.StridedSliceOptionsT(), version=2)
        self.add(Op.ASSIGN_VARIABLE, [handle, kept], [])
        stream = np.concatenate([np.zeros((rows, channels)), floats.reshape(-1, channels)])
        windows = np.stack([stream[step * new:step * new + rows + new] for step in range(steps)])
        return window, windows, scale, zero

    def handle(self, graph, name):
        options = schema.VarHandleOptionsT()
        options.sharedName, options.container = name, ""
        handle = self.tensor(f"{name}/handle", [], Type.RESOURCE, graph=graph)
        self.add(Op.VAR_HANDLE, [], [handle], schema.BuiltinOptions.VarHandleOptions, options, graph)
        return handle

    def zeros_at_start(self, name, shape, scale, zero):
        zeros = self.tensor(
            f"{name}/zeros", shape, Type.INT8, scale, zero, np.full(shape, zero, np.int8), graph=self.start)
        self.add(Op.ASSIGN_VARIABLE, [self.handle(self.start, name), zeros], [], graph=self.start)
        self.variables += 1

    def convolution(self, value, name, channels):
        """Over the whole window, no padding: [1, rows, 1, in] to [1, 1, 1, channels], with ReLU."""
        rows, depth = value[1].shape[1:]
        weights = self.random.normal(0, np.sqrt(2 / (rows * depth)), (channels, rows, 1, depth))
        options = schema.Conv2DOptionsT()
        options.padding, options.strideW, options.strideH = schema.Padding.VALID, 1, 1
        options.fusedActivationFunction = schema.ActivationFunctionType.RELU
        floats = np.einsum("srd,crd->sc", value[1], weights[:, :, 0, :])
        return self.weighted(
            Op.CONV_2D, value, name, weights, 0, floats, [1, 1, 1, channels], schema.BuiltinOptions.Conv2DOptions, options, 3)

    def depthwise(self, value, name):
        rows, channels = value[1].shape[1:]
        weights = self.random.normal(0, np.sqrt(2 / rows), (1, rows, 1, channels))
        options = schema.DepthwiseConv2DOptionsT()
        options.padding, options.strideW, options.strideH, options.depthMultiplier = schema.Padding.VALID, 1, 1, 1
        options.fusedActivationFunction = schema.ActivationFunctionType.RELU
        floats = np.einsum("src,rc->sc", value[1], weights[0, :, 0, :])
        return self.weighted(
            Op.DEPTHWISE_CONV_2D, value, name, weights, 3, floats, [1, 1, 1, channels],
            schema.BuiltinOptions.DepthwiseConv2DOptions, options, 3)

    def weighted(self, code, value, name, weights, axis, floats, shape, kind, options, version, rectified=True):
        index, _, scale, _ = value
        channels = weights.shape[axis]
        others = tuple(other for other in range(weights.ndim) if other != axis)
        largest = np.abs(weights).max(others if axis >= 0 else None)
        scales = tidy(largest / 127)
        spread = scales.reshape([-1 if position == axis else 1 for position in range(weights.ndim)])
        codes = np.clip(np.rint(weights / spread), -127, 127).astype(np.int8)
        biases = np.rint(self.random.normal(0, 0.05, channels) / (scale * scales)).astype(np.int32)
        if rectified:
            floats = np.maximum(floats, 0)
        low, high = (0.0 if rectified else floats.min()), floats.max()
        out_scale, out_zero = quantization(low, high)
        inputs = [
            index, self.tensor(f"{name}/weights", weights.shape, Type.INT8, scales, 0, codes, axis),
            self.tensor(f"{name}/bias", [channels], Type.INT32, scale * scales, 0, biases)]
        output = self.tensor(name, shape, Type.INT8, out_scale, out_zero)
        self.add(code, inputs, [output], kind, options, version=version)
        return output, floats[:, np.newaxis, :], out_scale, out_zero

    def reshape(self, value, name, shape):
        output = self.tensor(name, shape, Type.INT8, value[2], value[3])
        options = schema.ReshapeOptionsT()
        options.newShape = shape
        self.add(Op.RESHAPE, [value[0], self.integers(f"{name}/shape", shape)], [output], schema.BuiltinOptions.ReshapeOptions, options)
        return output, *value[1:]

    def probability(self, value, name):
        """One dense unit, a sigmoid, and the uint8 that the satellite compares with its threshold."""
        steps = value[1].shape[0]
        flat = self.reshape(value, f"{name}/flat", [1, value[1][0].size])
        weights = self.random.normal(0, np.sqrt(1 / value[1][0].size), (1, value[1][0].size))
        floats = value[1].reshape(steps, -1) @ weights.T
        dense = self.weighted(
            Op.FULLY_CONNECTED, flat, f"{name}/dense", weights, 0, floats, [1, 1],
            schema.BuiltinOptions.FullyConnectedOptions, schema.FullyConnectedOptionsT(), 4, rectified=False)
        sigmoid = self.tensor(f"{name}/sigmoid", [1, 1], Type.INT8, 1 / 256, -128)
        self.add(Op.LOGISTIC, [dense[0]], [sigmoid], version=2)
        output = self.tensor(name, [1, 1], Type.UINT8, 1 / 256, 0)
        self.add(Op.QUANTIZE, [sigmoid], [output], version=2)
        return output


def tidy(scale):
    """Six significant digits: no last bit of another machine's mathematics library in the file."""
    return np.array([float(f"{value:.5e}") for value in np.atleast_1d(scale)])


def quantization(low, high):
    scale = float(tidy((high - min(low, 0)) / 255)[0])
    return scale, int(round(-128 - min(low, 0) / scale))


def build():
    random = np.random.Generator(np.random.PCG64(SEED))
    net = Network(random)
    once = schema.CallOnceOptionsT()
    once.initSubgraphIndex = 1
    net.add(Op.CALL_ONCE, [], [], schema.BuiltinOptions.CallOnceOptions, once)
    features = random.uniform(0, 26, (CALIBRATION_STEPS, FRAMES, FEATURES))
    scale, zero = quantization(0, 26)
    source = net.tensor("features", [1, FRAMES, FEATURES], Type.INT8, scale, zero)
    value = net.reshape((source, features, scale, zero), "frames", [1, FRAMES, 1, FEATURES])
    value = net.convolution(net.memory(value, "stream", 2), "conv", 48)
    for number, window in enumerate([5, 9, 13, 17], start=1):
        value = net.depthwise(net.memory(value, f"stream_{number}", window - 1), f"block_{number}/depthwise")
        value = net.convolution(value, f"block_{number}/pointwise", 48)
    net.main.inputs, net.main.outputs = [source], [net.probability(net.memory(value, "stream_out", 7), "probability")]
    return encoded(net)


def encoded(net):
    model = schema.ModelT()
    model.version, model.description = 3, "streaming wake-word network of suites/incidents/esp-nn-1.2.1"
    model.subgraphs, model.buffers, model.operatorCodes = [net.main, net.start], net.buffers, []
    for builtin, version in net.codes:
        code = schema.OperatorCodeT()
        code.builtinCode = builtin
        code.deprecatedBuiltinCode, code.version = min(builtin, 127), version
        model.operatorCodes.append(code)
    builder = flatbuffers.Builder(1 << 16)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--check", action="store_true", help="change nothing; exit 1 if the model differs")
    if arguments.parse_args().check:
        if MODEL.read_bytes() != build():
            sys.exit(f"{MODEL}: not what make.py writes")
        return
    MODEL.parent.mkdir(exist_ok=True)
    MODEL.write_bytes(build())


if __name__ == "__main__":
    main()
