#!/usr/bin/env python3
"""Differential run of Assay against TensorFlow Lite Micro, bit for bit.

    python tools/conformance                      committed models, fixtures, and 20 generated graphs of each family
    python tools/conformance --count 500 --seed 7 more of them, others
    python tools/conformance --family conv_2d     one family
    python tools/conformance --write-goldens      Tests/Goldens/operators: two small graphs of each family with TFLM's outputs

Differences are shrunk to the smallest model that shows them and written to Tests/FailCases.
Exit 0: nothing differs; 1: something differs or crashed; 2: cannot run.
"""

import argparse
import collections
import functools
import hashlib
import multiprocessing
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import candidate
import corpus
import coverage
import goldens
import tflite_file
import truth
from comparison import difference
from draw import Draw
from families import FAMILIES
from shrinking import shrunk

FAIL_CASES = corpus.ROOT / "Tests" / "FailCases" / "conformance"


@dataclass(frozen=True)
class Result:
    """One model: `equal`, `different`, `crashed`, `missing` (TFLM runs it, Assay refuses), `refused` by both or
    `accepted` by Assay alone."""

    group: str
    name: str
    kind: str
    detail: str = ""
    drawn: frozenset = frozenset()  # operators with the type of their data, of a generated graph


def main() -> int:
    chosen = _arguments()
    if chosen.write_goldens:
        return goldens.write(corpus.ROOT / "Tests" / "Goldens" / "operators")
    if not os.access(chosen.program, os.X_OK):
        print(f"conformance: no program at {chosen.program}; build it first", file=sys.stderr)
        return 2
    tasks = [(_file_result, file) for file in corpus.files()] if chosen.family is None else []
    families = [chosen.family] if chosen.family else list(FAMILIES)
    tasks += [(_generated_result, (family, chosen.seed, number)) for family in families for number in range(chosen.count)]
    with multiprocessing.Pool(chosen.jobs) as pool:
        results = pool.map(functools.partial(_run, chosen.program), tasks, chunksize=4)
    code = _report(results, chosen.seed)
    if chosen.family is None:
        coverage.report(chosen.program, frozenset().union(*(result.drawn for result in results)))
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=str(corpus.ROOT / ".build" / "release" / "assay"), help="the assay to test")
    parser.add_argument("--seed", type=int, default=1, help="of the generated graphs")
    parser.add_argument("--count", type=int, default=20, help="generated graphs of each family")
    parser.add_argument("--family", choices=sorted(FAMILIES), help="only this family, and no committed models")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes at once; results do not depend on it")
    parser.add_argument("--write-goldens", action="store_true", help="ask TFLM only, and change the committed goldens")
    return parser.parse_args()


def _run(program: str, task) -> Result:
    function, subject = task
    return function(program, subject)


def _file_result(program: str, file: corpus.File) -> Result:
    loaded = corpus.load(file)
    kind, detail, _ = _judged(program, loaded.content, loaded.inputs, loaded.output_count, loaded.operators)
    return Result(str(Path(file.name).parent), file.name, kind, detail)


def _generated_result(program: str, subject: tuple[str, int, int]) -> Result:
    family, seed, number = subject
    draw = Draw(np.random.Generator(np.random.PCG64([seed, number, *family.encode()])))
    case = FAMILIES[family](draw)
    kind, detail, _ = _judged_case(program, case)
    if kind in ("different", "crashed"):
        detail = _kept(program, family, draw.choices, kind)
    return Result(f"generated {family}", f"{family} seed {seed} number {number}: {case.describe()}", kind, detail, coverage.drawn(case))


def _judged_case(program: str, case) -> tuple[str, str, list | None]:
    operators = {operator.name for graph in case.subgraphs for operator in graph.operators}
    content = tflite_file.to_bytes(case.subgraphs)
    return _judged(program, content, case.inputs, len(case.main.outputs), operators)


def _judged(program: str, content: bytes, inputs, output_count: int, operators: set[str]) -> tuple[str, str, list | None]:
    """The verdict over all kernel kinds, its reason, and TFLM's outputs."""
    expected = truth.run(content, inputs, output_count)
    found = {kind: candidate.run(program, kind, content, inputs, output_count) for kind in candidate.KERNELS}
    for kind, answer in found.items():
        if answer.crashed:
            return "crashed", f"{kind}: {answer.reason}", expected.outputs
    refusals = [answer.reason for answer in found.values() if answer.outputs is None]
    if expected.outputs is None:
        return ("refused" if refusals else "accepted"), expected.reason, None
    if refusals:
        return "missing", refusals[0], expected.outputs
    for kind, answer in found.items():
        if text := difference(expected.outputs, answer.outputs, operators):
            return "different", f"{kind}: {text}", expected.outputs
    return "equal", "", expected.outputs


def _kept(program: str, family: str, choices: list[int], kind: str) -> str:
    """Shrinks, writes model and recordings beside each other, and says what is left."""

    def fails(smaller: list[int]) -> bool:
        return _judged_case(program, FAMILIES[family](Draw(replayed=smaller)))[0] == kind

    case = FAMILIES[family](Draw(replayed=shrunk(choices, fails)))
    _, detail, outputs = _judged_case(program, case)
    content = tflite_file.to_bytes(case.subgraphs)
    path = FAIL_CASES / f"{family}-{hashlib.sha256(content).hexdigest()[:8]}.tflite"
    goldens.save(path, content, case.inputs, outputs or [])
    return f"{detail}; smallest: {case.describe()} in {path.relative_to(corpus.ROOT)}"


def _report(results: list[Result], seed: int) -> int:
    kinds = ("equal", "different", "crashed", "missing", "refused", "accepted")
    counts = collections.defaultdict(collections.Counter)
    for result in results:
        counts[result.group][result.kind] += 1
    print(f"{'':28}" + "".join(f"{kind:>11}" for kind in kinds))
    for group, counter in [*counts.items(), ("all", sum(counts.values(), collections.Counter()))]:
        print(f"{group:28}" + "".join(f"{counter[kind] or '.':>11}" for kind in kinds))
    for result in results:
        if result.kind in ("different", "crashed"):
            print(f"\n{result.kind}: {result.name}\n    {result.detail}")
    _gaps(results)
    print(f"\nseed {seed}; equal = the bits of TensorFlow Lite Micro's reference kernels, with reference and fast kernels")
    return 1 if any(result.kind in ("different", "crashed") for result in results) else 0


def _gaps(results: list[Result]) -> None:
    """What Assay cannot run yet, and what only Assay runs: said, grouped by reason, never silent."""
    for kind, title in (("missing", "not run by Assay"), ("accepted", "run by Assay, refused or aborted by TFLM")):
        reasons = collections.Counter(f"{result.group}: {result.detail}" for result in results if result.kind == kind)
        if reasons:
            print(f"\n{title}:")
            for reason, count in reasons.most_common(40):
                print(f"    {count:4} x {reason}")


if __name__ == "__main__":
    sys.exit(main())
