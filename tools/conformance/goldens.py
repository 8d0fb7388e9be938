"""Small generated graphs with the outputs of TensorFlow Lite Micro, committed for `swift test`."""

from pathlib import Path

import numpy as np

import tflite_file
import truth
from draw import Draw
from families import FAMILIES

SEED = 20261121
OF_EACH_FAMILY = 2
LARGEST_BYTES = 6_000


def save(path: Path, content: bytes, inputs: list[np.ndarray], outputs: list[np.ndarray]) -> None:
    """A model, and beside it its recordings `in_k`, `out_k`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    arrays = {f"in_{index}": values for index, values in enumerate(inputs)}
    arrays |= {f"out_{index}": values for index, values in enumerate(outputs)}
    np.savez(path.with_suffix(".npz"), **arrays)


def write(folder: Path) -> int:
    """The first small graphs of each family that TFLM runs, each with other operators or types than the one before."""
    for family, generate in FAMILIES.items():
        kept, number = [], 0
        while len(kept) < OF_EACH_FAMILY and number < 200:
            case = generate(Draw(np.random.Generator(np.random.PCG64([SEED, number, *family.encode()]))))
            number += 1
            content = tflite_file.to_bytes(case.subgraphs)
            size = len(content) + sum(values.nbytes for values in case.inputs)
            if size > LARGEST_BYTES or _kind(case) in kept:
                continue
            answer = truth.run(content, case.inputs, len(case.main.outputs))
            if answer.outputs is not None:
                kept.append(_kind(case))
                save(folder / f"{family}-{len(kept)}.tflite", content, case.inputs, answer.outputs)
        print(f"{family}: {len(kept)}")
    return 0


def _kind(case) -> tuple:
    """What makes a second graph of a family worth keeping: other operators, or another element type."""
    return tuple(operator.name for operator in case.main.operators), tuple(tensor.dtype for tensor in case.main.tensors[:2])
