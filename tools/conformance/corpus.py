"""Committed models, and third-party fixtures where they are present beside the checkout."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tflite

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT.parent / "shared" / "conformance"
SAMPLES = 4
NUMPY = {
    tflite.TensorType.FLOAT32: "float32", tflite.TensorType.INT8: "int8", tflite.TensorType.UINT8: "uint8",
    tflite.TensorType.INT16: "int16", tflite.TensorType.INT32: "int32", tflite.TensorType.INT64: "int64", tflite.TensorType.BOOL: "bool",
    tflite.TensorType.UINT32: "uint32",
}
OPERATORS = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}


@dataclass(frozen=True)
class File:
    """A model to run and where its recorded inputs are, if it has any."""

    model: Path
    recordings: Path | None

    @property
    def name(self) -> str:
        return str(self.model.relative_to(ROOT if self.model.is_relative_to(ROOT) else FIXTURES))


def files() -> Iterator[File]:
    for model in sorted((ROOT / "suites").glob("**/*.tflite")):
        yield File(model, None)
    for model in sorted((ROOT / "Tests" / "FailCases").glob("**/*.tflite")):
        yield File(model, model.with_suffix(".npz"))
    for folder in ("models", "layers"):
        for model in sorted((FIXTURES / folder).glob("*.tflite")):
            yield File(model, model.with_suffix(".npz"))


@dataclass(frozen=True)
class Loaded:
    content: bytes
    inputs: list[np.ndarray]
    output_count: int
    operators: set[str]


def load(file: File) -> Loaded:
    content = file.model.read_bytes()
    model = tflite.Model.GetRootAs(content, 0)
    main = model.Subgraphs(0)
    codes = [model.OperatorCodes(index) for index in range(model.OperatorCodesLength())]
    operators = {OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())] for code in codes}
    if file.recordings is not None and file.recordings.exists():
        with np.load(file.recordings) as recorded:
            inputs = [recorded[f"in_{index}"] for index in range(main.InputsLength())]
    else:
        inputs = [_drawn(main.Tensors(main.Inputs(index)), index) for index in range(main.InputsLength())]
    return Loaded(content, inputs, main.OutputsLength(), operators)


def _drawn(tensor: tflite.Tensor, seed: int) -> np.ndarray:
    """A model without recordings of its own gets the same random inputs every time."""
    shape, dtype = [SAMPLES, *(tensor.Shape(at) for at in range(tensor.ShapeLength()))], np.dtype(NUMPY[tensor.Type()])
    random = np.random.Generator(np.random.PCG64(seed))
    if dtype.kind == "f":
        return random.normal(0, 1, shape).astype(dtype)
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(dtype)
    limits = np.iinfo(dtype)
    return random.integers(limits.min, limits.max, shape, dtype, endpoint=True)
