"""A trained Keras model to `.tflite`: float32, and full-integer int8 with per-channel weights."""

import flatbuffers
import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.python.convert import mlir_quantize
from tensorflow.lite.python.optimize.calibrator import Calibrator, add_intermediate_tensors
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

FILE_IDENTIFIER = b"TFL3"


def to_float(model) -> bytes:
    return bytes(_converter(model).convert())


def to_int8(model, calibration: np.ndarray) -> bytes:
    """`calibration` is float32 [N, 8, 8, 1] in 0..1; inputs and outputs of the model are int8."""
    converter = _converter(model)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = lambda: ([image[np.newaxis]] for image in calibration)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return bytes(converter.convert())


def to_clipped_int8(float_model: bytes, calibration: np.ndarray, layer: str, share: float) -> bytes:
    """The int8 export of a float `.tflite` in which the range of one layer's output was recorded too small.

    What a too greedy percentile in a calibration tool does: `layer` keeps only `share` of the maximum it was
    seen to reach and everything above saturates. Inputs, outputs, weights and all other ranges stay as they are.
    """
    calibrator = Calibrator(add_intermediate_tensors(float_model))
    recorded = calibrator.calibrate(lambda: ([image[np.newaxis]] for image in calibration))
    model = schema.ModelT.InitFromPackedBuf(recorded, 0)
    output = _output_of(model, layer)
    output.quantization.max = [float(output.quantization.max[0]) * share]
    builder = flatbuffers.Builder()
    builder.Finish(model.Pack(builder), FILE_IDENTIFIER)
    return bytes(mlir_quantize(bytes(builder.Output()), input_data_type=tf.int8, output_data_type=tf.int8))


def _output_of(model: schema.ModelT, layer: str) -> schema.TensorT:
    """The one activation named after `layer`; the converter joins the names of what it fused."""
    graph = model.subgraphs[0]
    outputs = [graph.tensors[operator.outputs[0]] for operator in graph.operators]
    found = [tensor for tensor in outputs if f"/{layer}_1/" in tensor.name.decode()]
    if len(found) != 1:
        raise LookupError(f"{len(found)} activations are named after layer {layer}")
    return found[0]


def _converter(model) -> tf.lite.TFLiteConverter:
    """One image per inference, so that the shape of every tensor is known to the memory plan.

    The weights are frozen first: left as variables they would become READ_VARIABLE operators.
    """
    signature = tf.TensorSpec([1, 8, 8, 1], tf.float32, name="image")
    function = tf.function(lambda image: model(image, training=False)).get_concrete_function(signature)
    return tf.lite.TFLiteConverter.from_concrete_functions([convert_variables_to_constants_v2(function)])
