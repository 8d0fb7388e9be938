"""Mutation testing of the simulated device: do the checks of `assay ota` notice every small mistake in it?

    python3 tools/ota-mutation --patches
    python3 tools/ota-mutation [--file PART] [--only NUMBER] [--workers N] [--limit SECONDS]

Builds a scratch copy of AssayUpdate with every mutant compiled in, then judges each in a process of its own with
what ships: the scenarios of suites/ota, the corpus, and the explorations of `assay ota explore`. Survivors that
are equivalent to the shipped device are listed in equivalent.txt, with the reason; any other survivor is a hole.
Exit status 1 when there is one.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import equivalence
import patches
from mutations import Mutant
from scratch import Scratch

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Verdict:
    replay: str = ""
    explore: str = ""
    trace_hash: str = ""
    # A trap or an endless loop: the run itself does not end as it should.
    failure: str = ""

    @property
    def by(self) -> str:
        """What notices: an invariant, an expected chain or log, a trap, an endless loop, or nothing."""
        invariants = [text for text in (self.replay, self.explore) if text and not text.startswith("differs")]
        if invariants:
            return "invariant " + invariants[0].split(" ")[0]
        return self.failure or ("expected chain or log" if self.replay else "")


def main() -> int:
    options = arguments()
    if options.patches:
        return try_patches(options)
    scratch = Scratch(ROOT, ROOT / ".build/ota-mutation")
    scratch.prepare()
    scratch.build(lambda line: print(line, flush=True))
    judge = Judge(scratch, options.limit, options.quick)
    right = judge.verdict(0)
    if right.by:
        print(f"the device as it is does not pass: {right}")
        return 1
    chosen = [mutant for mutant in scratch.mutants if matches(mutant, options)]
    print(f"{len(chosen)} of {len(scratch.mutants)} mutants on {options.workers} workers", flush=True)
    with ThreadPoolExecutor(options.workers) as pool:
        runs = [pool.submit(lambda mutant: (mutant, judge.verdict(mutant.number)), mutant) for mutant in chosen]
        results = watched(runs, scratch.folder / "progress.txt")
    save(results, right, scratch.folder / "results.json")
    return report(results, right, is_whole=len(chosen) == len(scratch.mutants))


def try_patches(options: argparse.Namespace) -> int:
    """The hand-written patches, each judged like a mutant; 1 when one is not noticed."""
    scratch = Scratch(ROOT, ROOT / ".build/ota-mutation-patches")
    scratch.prepare()
    written = patches.read(Path(__file__).parent / "patches.txt")
    survivors = 0
    for texts, numbered in patches.batches(written, scratch.originals()):
        scratch.build_patched(texts)
        judge = Judge(scratch, options.limit, options.quick)
        if judge.verdict(0).by:
            raise SystemExit(f"the device as it is does not pass: {judge.verdict(0)}")
        chosen = [pair for pair in numbered if options.patch in pair[1].name]
        with ThreadPoolExecutor(options.workers) as pool:
            verdicts = pool.map(lambda pair: judge.verdict(pair[0]), chosen)
            for (_, patch), verdict in zip(chosen, verdicts):
                survivors += 0 if verdict.by else 1
                text = verdict.replay if verdict.replay and not verdict.replay.startswith("differs") else ""
                evidence = text or verdict.explore or verdict.failure or verdict.replay
                print(f"{'noticed ' if verdict.by else 'SURVIVED'} {patch.name:34} {evidence[:110]}", flush=True)
    print(f"{len(written)} patches, {survivors} not noticed")
    return 1 if survivors else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ota-mutation", description="mutants of the simulated device")
    parser.add_argument("--file", default="", help="only files whose name contains this")
    parser.add_argument("--only", type=int, nargs="*", help="only these numbers")
    parser.add_argument("--patches", action="store_true", help="try the patches of patches.txt instead")
    parser.add_argument("--patch", default="", help="only patches whose name contains this")
    parser.add_argument("--quick", action="store_true", help="do not look longer at what survives a short look")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limit", type=int, default=20, help="seconds of processor time per mutant")
    return parser.parse_args()


def matches(mutant: Mutant, options: argparse.Namespace) -> bool:
    return options.file in mutant.file and (not options.only or mutant.number in options.only)


class Judge:
    """Runs the scratch program with one mutant active: a short look, and a long one at what survives it."""

    def __init__(self, scratch: Scratch, limit_seconds: int, is_quick: bool):
        self.is_quick = is_quick
        suites = sorted((scratch.folder / "suites").glob("*.yaml"))
        self.command = [str(scratch.program), *map(str, suites), str(scratch.folder / "suites/corpus.txt")]
        self.limit_seconds = limit_seconds

    def verdict(self, number: int) -> Verdict:
        verdict = self._run(number, {"QUICK": "1"})
        return verdict if verdict.by or self.is_quick else self._run(number, {})

    def _run(self, number: int, effort: dict[str, str]) -> Verdict:
        environment = effort | {"MUTANT": str(number), "SWIFT_BACKTRACE": "enable=no", "PATH": os.environ["PATH"]}
        run = subprocess.run(
            self.command, env=environment, capture_output=True, text=True, preexec_fn=self._bound)
        lines = dict(line.split("\t", 1) for line in run.stdout.splitlines() if "\t" in line)
        verdict = Verdict(lines.get("replay", ""), lines.get("explore", ""), lines.get("hash", ""))
        if run.returncode != 0:
            is_endless = -run.returncode in (24, 9)  # SIGXCPU, SIGKILL
            verdict.failure = "endless loop" if is_endless else f"trap (signal {-run.returncode})"
        if run.returncode > 0 or (not verdict.trace_hash and not verdict.failure):
            raise SystemExit(f"the judge does not run: {run.stdout}{run.stderr}")
        return verdict

    def _bound(self) -> None:
        os.nice(1)
        resource.setrlimit(resource.RLIMIT_CPU, (self.limit_seconds, self.limit_seconds + 5))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def watched(runs: list[Future], path: Path) -> list[tuple[Mutant, Verdict]]:
    """The results in the order of the mutants; each is written down as it comes, for whoever waits."""
    with path.open("w") as file:
        for run in as_completed(runs):
            mutant, verdict = run.result()
            by = verdict.by or "SURVIVED"
            file.write(f"{mutant.number}\t{by}\t{verdict.trace_hash}\t{mutant.key}\n")
            file.flush()
    return [run.result() for run in runs]


def save(results: list[tuple[Mutant, Verdict]], right: Verdict, path: Path) -> None:
    rows = [mutant.__dict__ | verdict.__dict__ | {"by": verdict.by} for mutant, verdict in results]
    path.write_text(json.dumps({"hash": right.trace_hash, "mutants": rows}, indent=1))


def report(results: list[tuple[Mutant, Verdict]], right: Verdict, is_whole: bool) -> int:
    known = equivalence.read(Path(__file__).parent / "equivalent.txt")
    killed = Counter(verdict.by for _, verdict in results if verdict.by)
    for by, count in sorted(killed.items(), key=lambda item: (-item[1], item[0])):
        print(f"{count:5}  killed by {by}")
    survivors = [(mutant, verdict) for mutant, verdict in results if not verdict.by]
    holes = [pair for pair in survivors if not known.reason(pair[0].key)]
    print(f"{len(survivors) - len(holes):5}  equivalent to the shipped device (equivalent.txt)")
    print(f"{len(holes):5}  survived")
    for mutant, verdict in holes:
        same = "same trace" if verdict.trace_hash == right.trace_hash else "another trace"
        print(f"\n{mutant.file}:{mutant.line} {mutant.function} (mutant {mutant.number}, {same})")
        print(f"  {mutant.context}\n  {mutant.change}")
    stale = known.unused({mutant.key for mutant, verdict in survivors}) if is_whole else []
    for key in stale:
        print(f"equivalent.txt: no such survivor: {key}")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(main())
