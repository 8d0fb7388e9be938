"""Version 2 of the digits network as a PyTorch module, for `tools/export`.

The weights are those of `models/digits-v2.float.tflite`, where the normalisation layers are folded already: every
form that is exported from here is the same trained network.
"""

from pathlib import Path

import numpy as np
import tflite
import torch
from torch import nn
from torch.nn import functional

from training import dataset

HERE = Path(__file__).resolve().parent
CALIBRATION_SAMPLES = 300
FLOAT_MODEL = HERE / "models" / "digits-v2.float.tflite"


def recipe(Recipe):
    training, held_out = dataset.load()
    module = Digits().eval()
    module.take_weights(FLOAT_MODEL.read_bytes())
    return Recipe(
        name="digits", version=2, module=module, calibration=_channels_first(training.images[:CALIBRATION_SAMPLES]), recordings=_channels_first(held_out.images),
        labels=held_out.labels, classes=[str(digit) for digit in range(10)],
        preprocessing="ink count / 16, float32 0..1, channels first", source=f"weights of models/{FLOAT_MODEL.name}",
    )


def _channels_first(images: np.ndarray) -> np.ndarray:
    return np.moveaxis(images, -1, 1).copy()


class Digits(nn.Module):
    """`training/networks.py: version_2` after folding; layers in the order in which they run."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 24, 3, padding=1)
        self.depthwise1, self.pointwise1 = _separable(24, 32)
        self.depthwise2, self.pointwise2 = _separable(32, 40, stride=2)
        self.depthwise3, self.pointwise3 = _separable(40, 40)
        self.depthwise4, self.pointwise4 = _separable(40, 64)
        self.dense = nn.Linear(64, 10)

    def forward(self, image):
        relu = functional.relu
        x = relu(self.stem(image))
        x = relu(self.pointwise1(relu(self.depthwise1(x))))
        # Keras pads an even size with stride 2 at the far edges only.
        x = relu(self.pointwise2(relu(self.depthwise2(functional.pad(x, (0, 1, 0, 1))))))
        x = x + relu(self.pointwise3(relu(self.depthwise3(x))))
        x = relu(self.pointwise4(relu(self.depthwise4(x))))
        return torch.softmax(self.dense(x.mean((2, 3))), -1)

    def take_weights(self, model: bytes) -> None:
        """Filters and biases of the convolutions and of the dense layer, in execution order."""
        file = tflite.Model.GetRootAs(model, 0)
        graph = file.Subgraphs(0)
        layers = iter(self.children())
        for index in range(graph.OperatorsLength()):
            operator = graph.Operators(index)
            code = file.OperatorCodes(operator.OpcodeIndex())
            axes = TO_TORCH.get(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()))
            if axes is not None:
                layer = next(layers)
                filters, bias = (_constant(file, graph, operator.Inputs(at)) for at in (1, 2))
                layer.weight.data = torch.from_numpy(filters.transpose(axes).copy())  # in C order
                layer.bias.data = torch.from_numpy(bias)


#: Order of a filter's axes in PyTorch, by operator.
TO_TORCH = {
    tflite.BuiltinOperator.CONV_2D: (0, 3, 1, 2),
    tflite.BuiltinOperator.DEPTHWISE_CONV_2D: (3, 0, 1, 2),
    tflite.BuiltinOperator.FULLY_CONNECTED: (0, 1),
}


def _separable(channels: int, filters: int, stride: int = 1) -> tuple[nn.Conv2d, nn.Conv2d]:
    depthwise = nn.Conv2d(channels, channels, 3, stride, padding=0 if stride > 1 else 1, groups=channels)
    return depthwise, nn.Conv2d(channels, filters, 1)


def _constant(file, graph, index: int) -> np.ndarray:
    tensor = graph.Tensors(index)
    shape = [tensor.Shape(at) for at in range(tensor.ShapeLength())]
    return np.frombuffer(file.Buffers(tensor.Buffer()).DataAsNumpy().tobytes(), np.float32).reshape(shape).copy()
