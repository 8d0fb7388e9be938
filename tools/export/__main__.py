#!/usr/bin/env python3
"""All deployable forms of one trained PyTorch network, with metadata.json.

    python tools/export RECIPE.py OUTPUT_FOLDER
    python tools/export --check-pins

Writes NAME-vN.float.pte, .decomposed.pte, .cortex_m.pte, .bpte, .float.onnx, .qdq.onnx, .float.tflite, .int8.tflite.
The folder is complete or not written at all. Exit 0: written; 1: an export failed; 2: cannot start.
"""

import argparse
import hashlib
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

import pins
import recipe as recipes
from whole_set import METADATA, NotOurs, replacing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipe", type=Path, nargs="?", help="a Python file with a function recipe(Recipe)")
    parser.add_argument("folder", type=Path, nargs="?", help="where the set is written")
    parser.add_argument("--check-pins", action="store_true", help="only say whether the pinned versions are installed")
    chosen = parser.parse_args()
    if wrong := pins.problems():
        print("export: not as pinned in tools/export/requirements.txt:", *wrong, sep="\n    ", file=sys.stderr)
        return 2
    if chosen.check_pins:
        return 0
    if chosen.recipe is None or chosen.folder is None:
        parser.print_usage(sys.stderr)
        return 2
    return _export(chosen.recipe, chosen.folder)


def _export(path: Path, folder: Path) -> int:
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    try:
        recipe = recipes.load(path)
        with replacing(folder) as partial:
            entries = _forms(recipe, partial)
            (partial / METADATA).write_text(json.dumps(_metadata(recipe, path, entries), indent=2) + "\n")
    except (recipes.RecipeError, NotOurs) as error:
        print(f"export: {error}", file=sys.stderr)
        return 2
    except Exception as error:  # whatever a converter raises: nothing was written, and the reason is said
        print(f"export: nothing written: {type(error).__name__}: {str(error).strip().splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


def _forms(recipe: recipes.Recipe, folder: Path) -> list[dict]:
    """Every form, measured on the recordings where a runtime for it exists on this machine."""
    import executorch_forms as executorch
    import litert_forms as litert
    import onnx_forms as onnx

    stem = f"{recipe.name}-v{recipe.version}"
    at = lambda ending: folder / f"{stem}.{ending}"
    program = executorch.float_program(recipe)
    steps: list[tuple[str, Callable[[Path], object], Callable[[Path], np.ndarray] | None, str]] = [
        ("float.pte", lambda path: path.write_bytes(program.buffer), _on_executorch(executorch, recipe), "ExecuTorch portable"),
        ("bpte", lambda path: path.write_bytes(executorch.bundled(recipe, program)), None, "none: a program with its own recordings"),
        ("decomposed.pte", lambda path: path.write_bytes(executorch.decomposed_program(recipe).buffer), _on_executorch(executorch, recipe), "ExecuTorch portable and quantized"),
        ("float.onnx", lambda path: onnx.write_float(recipe, path), lambda path: onnx.predictions(path, recipe.recordings), "ONNX Runtime"),
        ("qdq.onnx", lambda path: onnx.write_qdq(recipe, at("float.onnx"), path), lambda path: onnx.predictions(path, recipe.recordings), "ONNX Runtime"),
        ("float.tflite", lambda path: litert.write_float(recipe, path), lambda path: litert.predictions(path, recipe.recordings), "LiteRT"),
        ("int8.tflite", lambda path: litert.write_int8(recipe, at("float.tflite"), path), lambda path: litert.predictions(path, recipe.recordings), "LiteRT"),
        # Last: it leaves the module channels last.
        ("cortex_m.pte", lambda path: path.write_bytes(executorch.cortex_m_program(recipe).buffer), None, "none on a workstation"),
    ]
    entries = []
    for number, (ending, write, measure, runtime) in enumerate(steps, 1):
        print(f"[{number}/{len(steps)}] {stem}.{ending}", file=sys.stderr, flush=True)
        write(at(ending))
        entries.append(_entry(at(ending), recipe, measure, runtime))
    return entries


def _on_executorch(executorch, recipe: recipes.Recipe) -> Callable[[Path], np.ndarray]:
    return lambda path: executorch.predictions(path.read_bytes(), recipe.recordings)


def _entry(path: Path, recipe: recipes.Recipe, measure, runtime: str) -> dict:
    content = path.read_bytes()
    for place in (sys.prefix, str(Path(__file__).resolve().parents[2])):
        if place.encode() in content:
            raise ValueError(f"{path.name} names {place}: another checkout would give other bytes")
    entry = {"file": path.name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content), "measured_on": runtime}
    if measure is not None:
        entry["right"] = int((measure(path) == recipe.labels).sum())
    return entry


def _metadata(recipe: recipes.Recipe, path: Path, entries: list[dict]) -> dict:
    output = [1, len(recipe.classes)]
    channels_last = [recipe.input_shape[i] for i in (0, 2, 3, 1)] if len(recipe.input_shape) == 4 else recipe.input_shape
    return {
        "name": recipe.name,
        "version": recipe.version,
        "source": recipe.source,
        "source_commit": _commit(path.resolve().parent),
        "preprocessing": recipe.preprocessing,
        "labels": recipe.classes,
        "input": {"dtype": "float32", "shape": recipe.input_shape, "tflite_shape": channels_last, "tflite_int8": "int8 by the scale in the file"},
        "output": {"dtype": "float32", "shape": output},
        "recordings": len(recipe.recordings),
        "calibration": len(recipe.calibration),
        "models": sorted(entries, key=lambda entry: entry["file"]),
        "made_with": pins.pinned(),
    }


def _commit(folder: Path) -> str:
    """What the recipe was made from; `+changes` when the work tree differs from it."""
    git = lambda *words: subprocess.run(["git", "-C", folder, *words], capture_output=True, text=True).stdout.strip()
    commit = git("rev-parse", "HEAD")
    return f"{commit}{'+changes' if git('status', '--porcelain', '--untracked-files=no') else ''}" if commit else "unknown"


if __name__ == "__main__":
    sys.exit(main())
