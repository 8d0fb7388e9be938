#!/usr/bin/env python3
"""Makes suites/digits: the recordings, two trained versions of the network, their exports, metadata.json.

    python make.py              train both versions, export, measure on TensorFlow Lite Micro, write everything
    python make.py --regressed  from the committed version 2: the wrongly calibrated export of suites/examples/regressed
    python make.py --check      committed files against metadata.json; recordings made again, byte for byte

Python 3.11 with requirements.txt. One thread, fixed seeds, deterministic kernels: the same machine and
versions train the same bytes.
"""

import argparse
import hashlib
import importlib.metadata
import io
import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGRESSED = HERE.parent / "examples" / "regressed"
RECORDINGS = HERE / "recordings" / "heldout.npz"
METADATA = "metadata.json"
SEEDS = {1: 1001, 2: 1002}

# Where the example goes wrong: the first depthwise layer keeps this share of the range it really uses.
CLIPPED_LAYER, CLIPPED_SHARE = "block1_depthwise_relu", 0.13


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    choice = arguments.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file is not what it should be")
    choice.add_argument("--regressed", action="store_true", help="write suites/examples/regressed only")
    chosen = arguments.parse_args()
    refuse_other_versions()
    if chosen.check:
        return check()
    prepare_tensorflow()
    if not chosen.regressed:
        make_digits()
    make_regressed()
    return check()


def refuse_other_versions() -> None:
    """A pin that is not installed would silently make other models."""
    pins = (line.split("==") for line in (HERE / "requirements.txt").read_text().splitlines() if "==" in line)
    wrong = [f"{name} {version}" for name, version in pins if installed(name) != version]
    if wrong:
        sys.exit(f"make.py: not installed as pinned in requirements.txt: {', '.join(wrong)}")


def installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def prepare_tensorflow() -> None:
    """Before TensorFlow is first imported: no accelerator, one thread, no order that depends on timing."""
    os.environ.update(CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3", TF_ENABLE_ONEDNN_OPTS="0")
    import tensorflow as tf

    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()


def make_digits() -> None:
    from training import dataset

    training, held_out = dataset.load()
    dataset.write_recordings(held_out, RECORDINGS)
    files = {}
    for version, seed in SEEDS.items():
        print(f"training version {version} on {len(training.labels)} images", file=sys.stderr)
        for form, model in trained(version, seed, training).items():
            files[f"digits-v{version}.{form}.tflite"] = (version, form, model)
    write_set(HERE, "digits", files, held_out, "minimum and maximum of every activation over the training split")


def trained(version: int, seed: int, training) -> dict[str, bytes]:
    import keras
    from training import export, networks

    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = {1: networks.version_1, 2: networks.version_2}[version]()
    networks.train(model, training, seed)
    return {"float": export.to_float(model), "int8": export.to_int8(model, training.images)}


def make_regressed() -> None:
    from training import dataset, export

    training, held_out = dataset.load()
    honest = (HERE / "models" / "digits-v2.float.tflite").read_bytes()
    clipped = export.to_clipped_int8(honest, training.images, CLIPPED_LAYER, CLIPPED_SHARE)
    calibration = f"wrong on purpose: {CLIPPED_LAYER} keeps {CLIPPED_SHARE:g} of the range it uses, the rest saturates"
    write_set(REGRESSED, "digits-regressed", {"digits-v2-clipped.int8.tflite": (2, "int8", clipped)}, held_out, calibration)


def write_set(folder: Path, name: str, files: dict, held_out, calibration: str) -> None:
    """The models, then the metadata that vouches for them."""
    (folder / "models").mkdir(parents=True, exist_ok=True)
    for file, (_, _, model) in files.items():
        (folder / "models" / file).write_bytes(model)
    entries = [described(file, *entry, held_out) for file, entry in files.items()]
    document = {
        "name": name,
        "source": "scikit-learn load_digits: 1,797 handwritten digits, 8x8, ink counts 0..16",
        "preprocessing": "ink count / 16, float32 0..1, row-major, one channel",
        "labels": [str(digit) for digit in range(10)],
        "calibration": calibration,
        "recordings": recordings_described(folder, held_out),
        "models": entries,
        "made_with": {name: installed(name) for name in ("tensorflow-cpu", "keras", "scikit-learn", "numpy", "tflite-micro")},
    }
    (folder / METADATA).write_text(json.dumps(document, indent=2) + "\n")


def recordings_described(folder: Path, held_out) -> dict:
    return {
        "file": os.path.relpath(RECORDINGS, folder),
        "sha256": digest(RECORDINGS.read_bytes()),
        "count": len(held_out.labels),
        "seen_in_training": False,
    }


def described(file: str, version: int, form: str, model: bytes, held_out) -> dict:
    from training import measure

    classes, source, sink = measure.predictions(model, held_out.images)
    right = int((classes == held_out.labels).sum())
    return {
        "file": f"models/{file}",
        "version": version,
        "form": form,
        "sha256": digest(model),
        "bytes": len(model),
        "input": source.as_json(),
        "output": sink.as_json(),
        "held_out_right": right,
        "held_out_top1": round(right / len(held_out.labels), 4),
    }


def check() -> int:
    """Prints what differs; 0 when every committed file is what metadata.json says and measures as it says."""
    from training import dataset

    _, held_out = dataset.load()
    again = io.BytesIO()
    dataset.write_recordings(held_out, again)
    problems = [] if again.getvalue() == RECORDINGS.read_bytes() else [f"{RECORDINGS.name} is not what make.py writes"]
    for folder in (HERE, REGRESSED):
        document = json.loads((folder / METADATA).read_text())
        if digest((folder / document["recordings"]["file"]).read_bytes()) != document["recordings"]["sha256"]:
            problems.append(f"{folder.name}: recordings have another sha256")
        problems += [problem for entry in document["models"] for problem in problems_of(folder, entry, held_out)]
    print("\n".join(problems) or "suites/digits and suites/examples/regressed are what make.py made")
    return 1 if problems else 0


def problems_of(folder: Path, entry: dict, held_out) -> list[str]:
    model = (folder / entry["file"]).read_bytes()
    if digest(model) != entry["sha256"]:
        return [f"{entry['file']} has another sha256"]
    measured = described(Path(entry["file"]).name, entry["version"], entry["form"], model, held_out)
    return [f"{entry['file']}: {key} is {measured[key]}, not {entry[key]}" for key in entry if measured[key] != entry[key]]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
