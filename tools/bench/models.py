"""Models at hand, and how much work one inference of each is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tflite

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT.parent / "shared" / "conformance" / "models"
TYPES = {
    tflite.TensorType.FLOAT32: "float32", tflite.TensorType.INT8: "int8", tflite.TensorType.INT16: "int16",
    tflite.TensorType.UINT8: "uint8", tflite.TensorType.INT32: "int32",
}
OPERATORS = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}


@dataclass(frozen=True)
class Model:
    path: Path
    content: bytes
    kind: str  # the element type most of the work is done in
    macs: int
    inputs: list[np.ndarray]

    @property
    def name(self) -> str:
        return self.path.stem


def at_hand() -> list[Model]:
    """Float and int8 models of `suites/` and, where present, of the fixtures; the heaviest last."""
    paths = sorted((ROOT / "suites").glob("*/models/*.tflite")) + sorted(FIXTURES.glob("*.tflite"))
    found = [model for model in map(load, paths) if model.kind in ("float32", "int8") and model.macs > 0]
    return sorted(found, key=lambda model: (model.kind, model.macs, model.name))


def load(path: Path) -> Model:
    content = path.read_bytes()
    model = tflite.Model.GetRootAs(content, 0)
    work = {}
    for index in range(model.SubgraphsLength()):
        graph = model.Subgraphs(index)
        for at in range(graph.OperatorsLength()):
            kind, macs = _work(model, graph, graph.Operators(at))
            work[kind] = work.get(kind, 0) + macs
    main = model.Subgraphs(0)
    inputs = [_drawn(main.Tensors(main.Inputs(at))) for at in range(main.InputsLength())]
    return Model(path, content, max(work, key=work.get) if work else "", sum(work.values()), inputs)


def _work(model, graph, operator) -> tuple[str, int]:
    """Element type and multiply-accumulates of a convolution or fully connected layer."""
    code = model.OperatorCodes(operator.OpcodeIndex())
    name = OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
    if name not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
        return "", 0
    source, filters, result = (graph.Tensors(index) for index in (operator.Inputs(0), operator.Inputs(1), operator.Outputs(0)))
    weights, outputs = _shape(filters), int(np.prod(_shape(result)))
    terms = weights[1] * weights[2] if name == "DEPTHWISE_CONV_2D" else int(np.prod(weights[1:]))
    return TYPES.get(source.Type(), ""), outputs * terms


def _shape(tensor) -> list[int]:
    return [tensor.Shape(at) for at in range(tensor.ShapeLength())]


def _drawn(tensor) -> np.ndarray:
    random, dtype = np.random.Generator(np.random.PCG64(1)), np.dtype(TYPES[tensor.Type()])
    if dtype.kind == "f":
        return random.normal(0, 1, _shape(tensor)).astype(dtype)
    limits = np.iinfo(dtype)
    return random.integers(limits.min, limits.max, _shape(tensor), dtype, endpoint=True)
