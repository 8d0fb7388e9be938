"""The engines, one thread each: every one answers how long an inference took within a slice of time."""

import json
import os
import subprocess
import time
from pathlib import Path

#: Inferences between two looks at the clock, as a share of the slice.
BATCHES_PER_SLICE = 8


class Refused(Exception):
    """This engine does not run this model; the text says why."""


class InProcess:
    """An engine with `invoke()` in this process. The call from Python costs it below a microsecond."""

    def __init__(self, invoke):
        self._invoke = invoke
        start = time.perf_counter_ns()
        invoke()
        self._first_nanoseconds = max(1, time.perf_counter_ns() - start)

    def nanoseconds(self, slice_nanoseconds: int) -> float:
        """Per inference: the fastest of several batches, so that an interruption does not count."""
        count = max(1, slice_nanoseconds // BATCHES_PER_SLICE // self._first_nanoseconds)
        fastest, end = float("inf"), time.perf_counter_ns() + slice_nanoseconds
        while True:
            start = time.perf_counter_ns()
            for _ in range(count):
                self._invoke()
            now = time.perf_counter_ns()
            fastest = min(fastest, (now - start) / count)
            if now >= end:
                self._first_nanoseconds = max(1, int(fastest))
                return fastest


def tflm(model) -> InProcess:
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(model.content, arena_size=16 * 1024 * 1024)
    for index, values in enumerate(model.inputs):
        interpreter.set_input(values, index)
    return InProcess(interpreter.invoke)


def litert(resolver: str):
    """LiteRT with its reference kernels, its optimised ones, or the default XNNPACK delegate."""

    def engine(model) -> InProcess:
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        kind = getattr(OpResolverType, resolver)
        try:
            interpreter = Interpreter(model_content=model.content, num_threads=1, experimental_op_resolver_type=kind)
            interpreter.allocate_tensors()
        except (RuntimeError, ValueError) as error:
            raise Refused(str(error).splitlines()[0]) from error
        for detail, values in zip(interpreter.get_input_details(), model.inputs):
            interpreter.set_tensor(detail["index"], values)
        return InProcess(interpreter.invoke)

    return engine


#: What this process may run on before it pins itself.
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


class Assay:
    """`assay bench`: a fresh process for every slice, so that it interleaves with the others."""

    def __init__(self, program: Path, kernels: str, model, *options: str, all_cores: bool = False):
        self._command = [program, "bench", model.path, "--kernels", kernels, "--format", "json", *options]
        if all_cores:
            self._command += ["--threads", str(len(CORES))]
        self._all_cores = all_cores
        self.facts = self._measured(1_000_000)

    def nanoseconds(self, slice_nanoseconds: int) -> float:
        return self._measured(slice_nanoseconds)["nanosecondsPerInference"]

    def _measured(self, slice_nanoseconds: int) -> dict:
        command = [*self._command, "--milliseconds", str(max(1, slice_nanoseconds // 1_000_000))]
        unpinned = (lambda: os.sched_setaffinity(0, CORES)) if self._all_cores and hasattr(os, "sched_setaffinity") else None
        done = subprocess.run(command, capture_output=True, text=True, preexec_fn=unpinned)
        if done.returncode != 0:
            raise Refused((done.stderr.strip().splitlines() or ["no message"])[0])
        return json.loads(done.stdout)


def layers(program: Path, model, milliseconds: int) -> dict:
    """Every operator of a model by itself, and what the core multiplies and adds at best."""
    command = [program, "bench", model.path, "--layers", "--format", "json", "--milliseconds", str(milliseconds)]
    done = subprocess.run(command, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else {"layers": [], "peakInt8": 0, "peakFloat32": 0}


def available(program: Path) -> dict:
    """Name to constructor, in the order of the table."""
    return {
        "Assay": lambda model: Assay(program, "fast", model),
        "Assay, in batches": lambda model: Assay(program, "fast", model, "--batch", "auto"),
        "Assay, all cores": lambda model: Assay(program, "fast", model, "--batch", "auto", all_cores=True),
        "Assay reference": lambda model: Assay(program, "reference", model),
        "XNNPACK": litert("BUILTIN"),
        "LiteRT optimised": litert("BUILTIN_WITHOUT_DEFAULT_DELEGATES"),
        "LiteRT reference": litert("BUILTIN_REF"),
        "TFLM": tflm,
    }
