"""`.tflite` from the same module: float, and int8 throughout with weights per channel."""

from pathlib import Path

import litert_torch
import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter
from ai_edge_quantizer import quantizer
from ai_edge_quantizer import recipe as quantization_recipe

from recipe import Recipe


def write_float(recipe: Recipe, path: Path) -> None:
    """Images become channels last, as the runtime of the board wants them."""
    images = len(recipe.input_shape) == 4
    module = litert_torch.to_channel_last_io(recipe.module, args=[0]) if images else recipe.module
    litert_torch.convert(module, (torch.from_numpy(channels_last(recipe.recordings[:1])),)).export(str(path))


def write_int8(recipe: Recipe, float_path: Path, path: Path) -> None:
    (key, signature), = Interpreter(str(float_path)).get_signature_list().items()
    samples = [{signature["inputs"][0]: channels_last(sample[np.newaxis])} for sample in recipe.calibration]
    job = quantizer.Quantizer(str(float_path))
    job.load_quantization_recipe(quantization_recipe.static_wi8_ai8())
    path.write_bytes(job.quantize(job.calibrate({key: samples})).quantized_model)


def predictions(path: Path, samples: np.ndarray) -> np.ndarray:
    """The class of each sample on LiteRT; int8 by the scale of the input, rounded half away from zero."""
    interpreter = Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    source, sink = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    classes = []
    for sample in samples:
        interpreter.set_tensor(source["index"], _codes(channels_last(sample[np.newaxis]), source))
        interpreter.invoke()
        classes.append(int(np.argmax(interpreter.get_tensor(sink["index"]))))
    return np.array(classes)


def channels_last(values: np.ndarray) -> np.ndarray:
    return np.moveaxis(values, 1, -1).copy() if values.ndim == 4 else values


def _codes(values: np.ndarray, details: dict) -> np.ndarray:
    if details["dtype"] == np.float32:
        return values
    scale, zero_point = details["quantization"]
    steps = values / np.float32(scale)
    rounded = np.copysign(np.floor(np.abs(steps) + np.float32(0.5)), steps) + zero_point
    return np.clip(rounded, -128, 127).astype(np.int8)
