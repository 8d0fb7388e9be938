"""Writes a `Graph` as a `.tflite` file through the FlatBuffers layout (PyPI `tflite`: the schema's builders)."""

import flatbuffers
import numpy as np
import tflite

from graph import Graph, Operator, Tensor

SCHEMA_VERSION = 3
BUFFER_ALIGNMENT_BYTES = 16
VERSION = 1
LARGEST_DEPRECATED_CODE = 127
TENSOR_TYPES = {
    "float32": tflite.TensorType.FLOAT32,
    "int8": tflite.TensorType.INT8,
    "uint8": tflite.TensorType.UINT8,
    "int16": tflite.TensorType.INT16,
    "uint16": tflite.TensorType.UINT16,
    "int32": tflite.TensorType.INT32,
    "uint32": tflite.TensorType.UINT32,
    "int64": tflite.TensorType.INT64,
    "bool": tflite.TensorType.BOOL,
    "int4": tflite.TensorType.INT4,
    "resource": tflite.TensorType.RESOURCE,
}


def to_bytes(subgraphs: list[Graph]) -> bytes:
    return _File().write(subgraphs)


class _File:
    """One file being built, tables before the tables that refer to them."""

    def __init__(self):
        self.builder = flatbuffers.Builder(4096)
        self.buffers: list[bytes] = [b""]  # buffer 0 is the empty one, by convention
        self.codes: list[int] = []

    def write(self, subgraphs: list[Graph]) -> bytes:
        graphs = self.offsets([self.graph(graph) for graph in subgraphs])
        buffers = self.offsets([self.buffer(data) for data in self.buffers])
        codes = self.offsets([self.code(code) for code in self.codes])
        description = self.builder.CreateString("assay conformance")
        tflite.ModelStart(self.builder)
        tflite.ModelAddVersion(self.builder, SCHEMA_VERSION)
        tflite.ModelAddOperatorCodes(self.builder, codes)
        tflite.ModelAddSubgraphs(self.builder, graphs)
        tflite.ModelAddDescription(self.builder, description)
        tflite.ModelAddBuffers(self.builder, buffers)
        self.builder.Finish(tflite.ModelEnd(self.builder), b"TFL3")
        return bytes(self.builder.Output())

    def graph(self, graph: Graph) -> int:
        tensors = self.offsets([self.tensor(tensor) for tensor in graph.tensors])
        operators = self.offsets([self.operator(operator) for operator in graph.operators])
        inputs, outputs = self.integers(graph.inputs), self.integers(graph.outputs)
        tflite.SubGraphStart(self.builder)
        tflite.SubGraphAddTensors(self.builder, tensors)
        tflite.SubGraphAddInputs(self.builder, inputs)
        tflite.SubGraphAddOutputs(self.builder, outputs)
        tflite.SubGraphAddOperators(self.builder, operators)
        return tflite.SubGraphEnd(self.builder)

    def tensor(self, tensor: Tensor) -> int:
        shape, name = self.integers(tensor.shape), self.builder.CreateString(tensor.name)
        quantization = self.quantization(tensor)
        buffer = 0
        if tensor.data is not None:
            self.buffers.append(_packed(tensor))
            buffer = len(self.buffers) - 1
        tflite.TensorStart(self.builder)
        tflite.TensorAddShape(self.builder, shape)
        tflite.TensorAddType(self.builder, TENSOR_TYPES[tensor.dtype])
        tflite.TensorAddBuffer(self.builder, buffer)
        tflite.TensorAddName(self.builder, name)
        if quantization is not None:
            tflite.TensorAddQuantization(self.builder, quantization)
        tflite.TensorAddIsVariable(self.builder, tensor.variable)
        return tflite.TensorEnd(self.builder)

    def quantization(self, tensor: Tensor) -> int | None:
        if tensor.quantization is None:
            return None
        scales = self.builder.CreateNumpyVector(np.array(tensor.quantization.scales, np.float32))
        points = self.builder.CreateNumpyVector(np.array(tensor.quantization.zero_points, np.int64))
        tflite.QuantizationParametersStart(self.builder)
        tflite.QuantizationParametersAddScale(self.builder, scales)
        tflite.QuantizationParametersAddZeroPoint(self.builder, points)
        tflite.QuantizationParametersAddQuantizedDimension(self.builder, tensor.quantization.axis)
        return tflite.QuantizationParametersEnd(self.builder)

    def operator(self, operator: Operator) -> int:
        code = getattr(tflite.BuiltinOperator, operator.name)
        if code not in self.codes:
            self.codes.append(code)
        inputs, outputs = self.integers(operator.inputs), self.integers(operator.outputs)
        options = self.options(*operator.options) if operator.options else None
        tflite.OperatorStart(self.builder)
        tflite.OperatorAddOpcodeIndex(self.builder, self.codes.index(code))
        tflite.OperatorAddInputs(self.builder, inputs)
        tflite.OperatorAddOutputs(self.builder, outputs)
        if options is not None:
            tflite.OperatorAddBuiltinOptionsType(self.builder, getattr(tflite.BuiltinOptions, operator.options[0]))
            tflite.OperatorAddBuiltinOptions(self.builder, options)
        return tflite.OperatorEnd(self.builder)

    def options(self, table: str, fields: dict) -> int:
        """Any options table of the schema: vectors and strings first, then the fields by name."""
        values = {name: self.reference(value) for name, value in fields.items()}
        getattr(tflite, f"{table}Start")(self.builder)
        for name, value in values.items():
            getattr(tflite, f"{table}Add{name}")(self.builder, value)
        return getattr(tflite, f"{table}End")(self.builder)

    def reference(self, value):
        if isinstance(value, list):
            return self.integers(value)
        return self.builder.CreateString(value) if isinstance(value, str) else value

    def code(self, code: int) -> int:
        tflite.OperatorCodeStart(self.builder)
        tflite.OperatorCodeAddDeprecatedBuiltinCode(self.builder, min(code, LARGEST_DEPRECATED_CODE))
        tflite.OperatorCodeAddVersion(self.builder, VERSION)
        tflite.OperatorCodeAddBuiltinCode(self.builder, code)
        return tflite.OperatorCodeEnd(self.builder)

    def buffer(self, data: bytes) -> int:
        """Data at a multiple of 16 bytes from the start of the file, as the schema demands."""
        vector = None
        if data:
            self.builder.StartVector(1, len(data), BUFFER_ALIGNMENT_BYTES)
            self.builder.head -= len(data)
            self.builder.Bytes[self.builder.head : self.builder.head + len(data)] = data
            vector = self.builder.EndVector()
        tflite.BufferStart(self.builder)
        if vector is not None:
            tflite.BufferAddData(self.builder, vector)
        return tflite.BufferEnd(self.builder)

    def integers(self, values) -> int:
        return self.builder.CreateNumpyVector(np.array(values, np.int32).reshape(-1))

    def offsets(self, tables: list[int]) -> int:
        self.builder.StartVector(4, len(tables), 4)
        for table in reversed(tables):
            self.builder.PrependUOffsetTRelative(table)
        return self.builder.EndVector()


def _packed(tensor: Tensor) -> bytes:
    """Little-endian elements; int4 two to a byte, the first in the low half."""
    if tensor.dtype != "int4":
        return np.ascontiguousarray(tensor.data).astype(tensor.data.dtype.newbyteorder("<")).tobytes()
    nibbles = (tensor.data.reshape(-1) & 0xF).astype(np.uint8)
    nibbles = np.append(nibbles, np.zeros(len(nibbles) % 2, np.uint8))
    return (nibbles[0::2] | nibbles[1::2] << 4).tobytes()
