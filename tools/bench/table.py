"""`docs/benchmarks.md` from one run."""

import importlib.metadata
import math
import platform
from pathlib import Path

LARGE_MACS = 1_000_000
PACKAGES = ("ai-edge-litert", "tflite-micro")


def rendered(results: list, engines: list[str], rounds: int, slice_milliseconds: int, peaks: dict) -> str:
    """`results`: pairs of a model and its timings by engine; `peaks`: GMAC/s by kind of model."""
    lines = ["# Benchmarks", "", _machine(rounds, slice_milliseconds), ""]
    for kind in ("int8", "float32"):
        chosen = [(model, timing) for model, timing in results if model.kind == kind]
        if chosen:
            lines += [f"## {kind}", "", *_table(chosen, engines, peaks), "", *_summary(chosen, kind), ""]
    return "\n".join(lines)


def _machine(rounds: int, slice_milliseconds: int) -> str:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}; {platform.system()} {platform.machine()}; {versions}. One thread pinned to one core; one interleaved run of {rounds} rounds with "
        f"{slice_milliseconds} ms per engine, model and round. Times are the fastest batch of all rounds, "
        "± half the distance between the quartiles of the rounds as a share of their median: how busy the machine was. Ratios are the other engine's time over Assay's: above 1, Assay is faster. "
        "`make bench` makes this page again."
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or "unknown processor"


def _table(chosen: list, engines: list[str], peaks: dict) -> list[str]:
    head = ["model", "MMAC", *(f"{name}, us" for name in engines), "x XNNPACK", "x TFLM", "GMAC/s", "of peak", "arena + file + packed + scratch, KiB"]
    lines = ["| " + " | ".join(head) + " |", "|---|" + "--:|" * (len(head) - 1)]
    for model, timing in chosen:
        cells = [model.name, f"{model.macs / 1e6:.3f}", *(_time(timing[name]) for name in engines)]
        cells += [_ratio(timing, "XNNPACK"), _ratio(timing, "TFLM"), _throughput(model, timing["Assay"]), _share(model, timing["Assay"], peaks), _memory(timing["Assay"].facts, model)]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _time(timing) -> str:
    if timing.best is None:
        return "refused"
    spread = f" ±{timing.spread:.0%}" if timing.spread is not None else ""
    return f"{timing.best / 1000:,.2f}{spread}"


def _ratio(timing: dict, other: str) -> str:
    ours, theirs = timing["Assay"].best, timing[other].best
    return f"{theirs / ours:.2f}" if ours and theirs else "-"


def _throughput(model, timing) -> str:
    return f"{model.macs / timing.best:.1f}" if timing.best else "-"


def _share(model, timing, peaks: dict) -> str:
    """Of what the core could multiply and add, were it to do nothing else."""
    peak = peaks.get(model.kind)
    return f"{model.macs / timing.best / peak:.0%}" if timing.best and peak else "-"


def _memory(facts: dict, model) -> str:
    if not facts:
        return "-"
    return " + ".join(f"{size / 1024:.1f}" for size in (facts["arenaBytes"], len(model.content), facts["packedBytes"], facts["scratchBytes"]))


def _summary(chosen: list, kind: str) -> list[str]:
    """Geometric means of the ratios over the models that are large enough to mean something."""
    lines = []
    for other in ("XNNPACK", "TFLM"):
        pairs = [(t["Assay"].best, t[other].best) for model, t in chosen if model.macs > LARGE_MACS]
        ratios = [theirs / ours for ours, theirs in pairs if ours and theirs]
        if ratios:
            mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
            lines.append(f"Geometric mean over {len(ratios)} {kind} models above 1 MMAC: **{mean:.2f} x {other}**.")
    return lines
