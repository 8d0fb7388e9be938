"""A folder that is either complete or not there."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

METADATA = "metadata.json"


class NotOurs(Exception):
    """The folder holds something that this tool did not write."""


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yields a folder to fill beside `folder`; it takes its place only when nothing was raised.

    What was there moves aside first and goes last: whenever the tool is killed, one whole set is left.
    """
    _check(folder)
    partial, old = (folder.with_name(folder.name + ending) for ending in (".partial", ".old"))
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    partial.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _check(folder: Path) -> None:
    """Everything in the folder must be what a set names."""
    if folder.exists() and not folder.is_dir():
        raise NotOurs(f"{folder} is not a folder: not overwritten")
    found = {entry.name for entry in folder.iterdir()} if folder.exists() else set()
    if not found:
        return
    if METADATA not in found:
        raise NotOurs(f"{folder} is not empty and holds no {METADATA}: not overwritten")
    try:
        known = {model["file"] for model in json.loads((folder / METADATA).read_text())["models"]} | {METADATA}
    except (ValueError, KeyError, TypeError) as error:
        raise NotOurs(f"{folder / METADATA} is not a set's: not overwritten") from error
    if foreign := sorted(found - known):
        raise NotOurs(f"{folder} holds {foreign[0]}, which no set names: not overwritten")
