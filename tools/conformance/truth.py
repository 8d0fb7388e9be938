"""The truth: TensorFlow Lite Micro's reference kernels, PyPI `tflite-micro`, each model in a process of its own.

A model may abort the runtime (an int8 softmax over a thousand equal logits does). That must end one child
process and not the whole run, and it is an answer like any other.
"""

import os
import pickle
import signal
from dataclasses import dataclass

import numpy as np

ARENA_BYTES = 16 * 1024 * 1024
TIME_LIMIT_SECONDS = 60


@dataclass(frozen=True)
class Answer:
    """Outputs `[N, *shape]` in the model's order, or the reason why there are none."""

    outputs: list[np.ndarray] | None
    reason: str = ""
    aborted: bool = False


def run(model: bytes, inputs: list[np.ndarray], output_count: int) -> Answer:
    """The N samples in order on one fresh interpreter."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _answer_and_exit(writer, model, inputs, output_count)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        content = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status != 0:
        return Answer(None, f"the runtime ended with status {status}", aborted=True)
    return pickle.loads(content)


def _answer_and_exit(writer: int, model: bytes, inputs: list[np.ndarray], output_count: int) -> None:
    """In the child: never returns. The runtime's own messages are of no use here."""
    signal.alarm(TIME_LIMIT_SECONDS)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    try:
        answer = Answer(_outputs(model, inputs, output_count))
    except (RuntimeError, ValueError) as error:
        answer = Answer(None, str(error))
    with os.fdopen(writer, "wb") as pipe:
        pickle.dump(answer, pipe)
    os._exit(0)


def _outputs(model: bytes, inputs: list[np.ndarray], output_count: int) -> list[np.ndarray]:
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model, arena_size=ARENA_BYTES)
    samples = []
    for at in range(len(inputs[0]) if inputs else 1):
        for index, values in enumerate(inputs):
            interpreter.set_input(values[at], index)
        interpreter.invoke()
        samples.append([np.array(interpreter.get_output(index)) for index in range(output_count)])
    return [np.stack(column) for column in zip(*samples)]
