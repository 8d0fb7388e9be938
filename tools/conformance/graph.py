"""A small model as plain data: what the generators make and `tflite_file.py` writes."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Quantization:
    """real = scale * (code - zero point); several scales are per channel along `axis`."""

    scales: tuple[float, ...]
    zero_points: tuple[int, ...]
    axis: int = 0

    @property
    def scale(self) -> float:
        return self.scales[0]

    @property
    def zero_point(self) -> int:
        return self.zero_points[0]


@dataclass
class Tensor:
    name: str
    shape: list[int]
    dtype: str
    quantization: Quantization | None = None
    data: np.ndarray | None = None
    variable: bool = False


@dataclass
class Operator:
    """`options` is the schema's table name with its fields, or None for an operator without options."""

    name: str
    inputs: list[int]
    outputs: list[int]
    options: tuple[str, dict] | None = None


@dataclass
class Graph:
    """One subgraph, built from inputs to outputs; tensors are named by their index."""

    tensors: list[Tensor] = field(default_factory=list)
    operators: list[Operator] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    outputs: list[int] = field(default_factory=list)

    def input(self, shape, dtype: str, quantization: Quantization | None = None) -> int:
        index = self._tensor("input", shape, dtype, quantization)
        self.inputs.append(index)
        return index

    def constant(self, data: np.ndarray, quantization: Quantization | None = None, dtype: str | None = None) -> int:
        index = self._tensor("constant", list(data.shape), dtype or data.dtype.name, quantization)
        self.tensors[index].data = data
        return index

    def variable(self, shape, dtype: str, quantization: Quantization | None = None) -> int:
        index = self._tensor("state", shape, dtype, quantization)
        self.tensors[index].variable = True
        return index

    def activation(self, shape, dtype: str, quantization: Quantization | None = None) -> int:
        return self._tensor("activation", shape, dtype, quantization)

    def operator(self, name: str, inputs: list[int], outputs: list[int], options: tuple[str, dict] | None = None) -> int:
        """Appends an operator and returns its first output."""
        self.operators.append(Operator(name, inputs, outputs, options))
        return outputs[0] if outputs else -1

    def returning(self, *outputs: int) -> "Graph":
        self.outputs = list(outputs)
        return self

    def _tensor(self, kind: str, shape, dtype: str, quantization: Quantization | None) -> int:
        self.tensors.append(Tensor(f"{kind}_{len(self.tensors)}", [int(n) for n in shape], dtype, quantization))
        return len(self.tensors) - 1


@dataclass
class Case:
    """A model with recorded inputs `[N, *shape]`, in the order of its inputs."""

    family: str
    subgraphs: list[Graph]
    inputs: list[np.ndarray]

    @property
    def main(self) -> Graph:
        return self.subgraphs[0]

    def describe(self) -> str:
        """One line for a report: operators with the shape and dtype of what they read and write."""
        parts = []
        for operator in self.main.operators:
            ends = [self.main.tensors[i] for i in (*operator.inputs[:1], *operator.outputs[:1]) if i >= 0]
            parts.append(f"{operator.name}({', '.join(f'{t.dtype}{t.shape}' for t in ends)})")
        return " > ".join(parts)
