"""What a model answers on the runtime of the board: TensorFlow Lite Micro, one fresh interpreter per model."""

from dataclasses import dataclass

import numpy as np
from tflite_micro.python.tflite_micro import runtime

#: More than any of these networks needs on a 64-bit machine.
ARENA_BYTES = 8 << 20


@dataclass(frozen=True)
class Port:
    """One input or output; scale 0 marks a float tensor."""

    shape: list[int]
    dtype: str
    scale: float
    zero_point: int

    @staticmethod
    def of(details: dict) -> "Port":
        scales = details["quantization_parameters"]["scales"]
        points = details["quantization_parameters"]["zero_points"]
        scale, point = (float(scales[0]), int(points[0])) if len(scales) else (0.0, 0)
        return Port([int(n) for n in details["shape"]], np.dtype(details["dtype"]).name, scale, point)

    def as_json(self) -> dict:
        plain = {"shape": self.shape, "dtype": self.dtype}
        return plain | ({"scale": self.scale, "zeroPoint": self.zero_point} if self.scale else {})

    def codes(self, values: np.ndarray) -> np.ndarray:
        """Real values in this port's dtype, by the rule of QUANTIZE: divide in float32, round half away."""
        if not self.scale:
            return values
        steps = values / np.float32(self.scale)
        rounded = np.copysign(np.floor(np.abs(steps) + np.float32(0.5)), steps)
        limits = np.iinfo(self.dtype)
        return np.clip(rounded + self.zero_point, limits.min, limits.max).astype(self.dtype)


def predictions(model: bytes, images: np.ndarray) -> tuple[np.ndarray, Port, Port]:
    """The class of each image (ties: lowest index) and the two ends of the model."""
    interpreter = runtime.Interpreter.from_bytes(model, arena_size=ARENA_BYTES)
    source, sink = Port.of(interpreter.get_input_details(0)), Port.of(interpreter.get_output_details(0))
    classes = []
    for image in images:
        interpreter.set_input(source.codes(image[np.newaxis]), 0)
        interpreter.invoke()
        classes.append(int(np.argmax(interpreter.get_output(0).reshape(-1))))
    return np.array(classes), source, sink
