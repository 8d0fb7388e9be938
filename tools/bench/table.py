"""`docs/benchmarks.md` from one run."""

import collections
import importlib.metadata
import math
import os
import platform
from dataclasses import dataclass
from pathlib import Path

LARGE_MACS = 1_000_000
PACKAGES = ("ai-edge-litert", "tflite-micro")
PEAKS = {"int8": "peakInt8", "float32": "peakFloat32"}
#: Operators named in a breakdown, the slowest first.
NAMED_OPERATORS = 3


@dataclass(frozen=True)
class Result:
    """A model, its timings by engine, and its layers one by one."""

    model: object
    timing: dict
    breakdown: dict


def rendered(results: list[Result], engines: list[str], rounds: int, slice_milliseconds: int) -> str:
    peaks = {kind: max((result.breakdown[name] for result in results), default=0) for kind, name in PEAKS.items()}
    lines = ["# Benchmarks", "", _machine(rounds, slice_milliseconds, peaks), ""]
    for kind in ("int8", "float32"):
        chosen = [result for result in results if result.model.kind == kind]
        if chosen:
            lines += [f"## {kind}", "", *_table(chosen, engines), "", *_summary(chosen, kind), ""]
            lines += [f"### {kind}: memory, share of the peak, and where the time goes", "", *_breakdown(chosen, peaks[kind]), ""]
    return "\n".join([*lines, *_notes()])


def _machine(rounds: int, slice_milliseconds: int, peaks: dict) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    best = ", ".join(f"{peak:,.0f} GMAC/s {kind}" for kind, peak in peaks.items() if peak)
    return (
        f"{_processor()}, {os.cpu_count()} cores; {platform.system()} {platform.machine()}; {versions}. One interleaved run of {rounds} rounds with "
        f"{slice_milliseconds} ms per engine, model and round; one thread pinned to one core, except for the column that says otherwise. Times are "
        "per inference, the fastest batch of all rounds, ± half the distance between the quartiles of the rounds as a share of their median: how busy "
        f"the machine was. Ratios are the other engine's time over Assay's, one sample at a time: above 1, Assay is faster. The core at best: {best or 'not known'}. "
        "`make bench` makes this page again."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown processor"


def _table(chosen: list[Result], engines: list[str]) -> list[str]:
    head = ["model", "MMAC", *(f"{name}, us" for name in engines), "x XNNPACK", "x TFLM"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    for result in chosen:
        cells = [result.model.name, f"{result.model.macs / 1e6:.3f}", *(_time(result.timing[name]) for name in engines)]
        lines.append("| " + " | ".join([*cells, _ratio(result.timing, "XNNPACK"), _ratio(result.timing, "TFLM")]) + " |")
    return lines


def _time(timing) -> str:
    if timing.best is None:
        return "refused"
    spread = f" ±{timing.spread:.0%}" if timing.spread is not None else ""
    return f"{timing.best / 1000:,.2f}{spread}"


def _ratio(timing: dict, other: str) -> str:
    ours, theirs = timing["Assay"].best, timing[other].best
    return f"{theirs / ours:.2f}" if ours and theirs else "-"


def _breakdown(chosen: list[Result], peak: float) -> list[str]:
    head = ["model", "arena", "file", "packed weights", "scratch", "together, KiB", "GMAC/s", "of peak", "batch", "where the time goes (GMAC/s)"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 2) + "---|"]
    for result in chosen:
        timing = result.timing["Assay"]
        speed = result.model.macs / timing.best if timing.best else 0
        share = f"{speed / peak:.0%}" if peak and speed else "-"
        batch = str(result.timing["Assay, in batches"].facts.get("batch", "-"))
        lines.append("| " + " | ".join([result.model.name, *_memory(timing.facts, result.model), f"{speed:.1f}", share, batch, _slowest(result.breakdown)]) + " |")
    return lines


def _memory(facts: dict, model) -> list[str]:
    if not facts:
        return ["-"] * 5
    sizes = [facts["arenaBytes"], len(model.content), facts["packedBytes"], facts["scratchBytes"]]
    return [f"{size / 1024:.1f}" for size in [*sizes, sum(sizes)]]


def _slowest(breakdown: dict) -> str:
    """`CONV_2D 71 % (310), ADD 20 %`: operators by their share of all layers' time."""
    times, products = collections.Counter(), collections.Counter()
    for layer in breakdown["layers"]:
        times[layer["operator"]] += layer["nanoseconds"]
        products[layer["operator"]] += layer["products"]
    total = sum(times.values())
    parts = []
    for name, time in times.most_common(NAMED_OPERATORS):
        rate = f" ({products[name] / time:.0f})" if products[name] else ""
        parts.append(f"{name} {time / total:.0%}{rate}")
    return ", ".join(parts)


def _summary(chosen: list[Result], kind: str) -> list[str]:
    """Geometric means of the ratios over the models that are large enough to mean something."""
    lines = []
    for other in ("XNNPACK", "TFLM"):
        pairs = [(result.timing["Assay"].best, result.timing[other].best) for result in chosen if result.model.macs > LARGE_MACS]
        ratios = [theirs / ours for ours, theirs in pairs if ours and theirs]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            lines.append(f"Geometric mean over {len(ratios)} {kind} models above 1 MMAC: **{mean:.2f} x {other}**.")
    return lines


def _notes() -> list[str]:
    return [
        "## How to read this",
        "",
        "* **MMAC** counts convolutions and fully connected layers; LSTM and SVDF are not in it.",
        "* **In batches**: time per sample when as many recorded samples are run at once as a gate takes (column *batch*; 1 where it does not pay, "
        "or where samples depend on each other). **All cores**: the same, one interpreter per core; time between two results.",
        "* **Memory**: an interpreter needs the planned arena, the model file (held once), weights packed for the vector units (once, however many "
        "interpreters) and scratch memory of the largest kernel.",
        "* **Of peak**: the model's products over what a loop of nothing but multiply-adds in registers reaches on this core, in the same instructions "
        "(`assay bench MODEL --layers` shows both). What is missing goes into loads, requantizing, copies of images into padded form and operators "
        "without products: [kernels.md](kernels.md) says how much where.",
        "",
    ]
