"""Assay under test: `assay run MODEL --inputs IN.npz --output OUT.npz --kernels KIND`, a process per model."""

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

KERNELS = ("reference", "fast")
TIME_LIMIT_SECONDS = 60
#: What `CONTRACT` allows for a model this command cannot run: configuration or input, and internal limit.
REFUSALS = (2, 3)
PLACE = r"^assay: (\S+: )?(subgraph \d+, operator \d+ )?"


@dataclass(frozen=True)
class Answer:
    """Outputs `[N, *shape]`; or one line of reason, `crashed` when it is not a documented refusal."""

    outputs: list[np.ndarray] | None
    reason: str = ""
    crashed: bool = False


def run(program: str, kernels: str, model: bytes, inputs: list[np.ndarray], output_count: int) -> Answer:
    with tempfile.TemporaryDirectory(prefix="assay-conformance-") as folder:
        paths = [Path(folder) / name for name in ("model.tflite", "in.npz", "out.npz")]
        paths[0].write_bytes(model)
        np.savez(paths[1], **{f"in_{index}": values for index, values in enumerate(inputs)})
        command = [program, "run", paths[0], "--inputs", paths[1], "--output", paths[2], "--kernels", kernels]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=TIME_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            return Answer(None, f"no answer in {TIME_LIMIT_SECONDS} s", crashed=True)
        if done.returncode != 0:
            return Answer(None, _first_line(done), crashed=done.returncode not in REFUSALS)
        with np.load(paths[2]) as written:
            return Answer([written[f"out_{index}"] for index in range(output_count)])


def _first_line(done: subprocess.CompletedProcess) -> str:
    """What it said, without the name of the temporary file and where in the graph: equal reasons read equal."""
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    said = lines[0].strip() if lines else "nothing on stderr"
    return f"exit {done.returncode}: {re.sub(PLACE, '', said)}"
