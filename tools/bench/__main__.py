#!/usr/bin/env python3
"""Time per inference of Assay, LiteRT (reference, optimised, XNNPACK) and TFLM in one interleaved run.

    python tools/bench                   every float and int8 model at hand; writes docs/benchmarks.md
    python tools/bench --only ResNet     models whose name contains a text; prints only
"""

import argparse
import os
import sys
from pathlib import Path

import models
from engines import available, layers
from interleaving import ROUNDS, timings
from table import Result, rendered

SLICE_MILLISECONDS = 40
LAYER_MILLISECONDS, LAYER_RUNS = 40, 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=models.ROOT / ".build" / "release" / "assay")
    parser.add_argument("--only", default="", help="part of a model's name; then nothing is written")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    chosen = parser.parse_args()
    if not os.access(chosen.program, os.X_OK):
        print(f"bench: no program at {chosen.program}; build it first", file=sys.stderr)
        return 2
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    engines, results = available(chosen.program), []
    for model in models.at_hand():
        if chosen.only in model.name:
            print(f"{model.name}: {model.macs / 1e6:.2f} MMAC", file=sys.stderr)
            results.append(Result(model, timings(model, engines, chosen.rounds, SLICE_MILLISECONDS * 1_000_000), _breakdown(chosen.program, model)))
    page = rendered(results, list(engines), chosen.rounds, SLICE_MILLISECONDS)
    print(page)
    if not chosen.only:
        (models.ROOT / "docs").mkdir(exist_ok=True)
        (models.ROOT / "docs" / "benchmarks.md").write_text(page + "\n")
    return 0


def _breakdown(program: Path, model) -> dict:
    """The run with the least time in all layers together: whatever else the machine does only adds."""
    runs = [layers(program, model, LAYER_MILLISECONDS) for _ in range(LAYER_RUNS)]
    best = min(runs, key=lambda run: sum(layer["nanoseconds"] for layer in run["layers"]))
    return best | {peak: max(run[peak] for run in runs) for peak in ("peakInt8", "peakFloat32")}


if __name__ == "__main__":
    sys.exit(main())
