"""`.onnx`: float, and int8 as QDQ with weights per channel. ONNX does not run on the board: it is the other opinion."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

from recipe import Recipe

INPUT, OUTPUT = "input", "output"
OPSET = 18


def write_float(recipe: Recipe, path: Path) -> None:
    example = (torch.from_numpy(recipe.recordings[:1]),)
    torch.onnx.export(
        recipe.module, example, path, dynamo=True, opset_version=OPSET, input_names=[INPUT], output_names=[OUTPUT],
        external_data=False, verbose=False,
    )
    _forget_the_machine(path)


def _forget_the_machine(path: Path) -> None:
    """The exporter notes in every node where in which checkout its line stands: other paths would be other bytes."""
    model = onnx.load(path)
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer]:
        del part.metadata_props[:]
        part.doc_string = ""
    onnx.save(model, path)


def write_qdq(recipe: Recipe, float_path: Path, path: Path) -> None:
    quantize_static(
        float_path, path, _Calibration(recipe), quant_format=QuantFormat.QDQ, per_channel=True,
        activation_type=QuantType.QInt8, weight_type=QuantType.QInt8,
    )


def predictions(path: Path, samples: np.ndarray) -> np.ndarray:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return np.array([int(np.argmax(session.run(None, {INPUT: sample[np.newaxis]})[0])) for sample in samples])


class _Calibration(CalibrationDataReader):
    def __init__(self, recipe: Recipe):
        self._samples = iter(recipe.calibration)

    def get_next(self):
        sample = next(self._samples, None)
        return None if sample is None else {INPUT: sample[np.newaxis]}
