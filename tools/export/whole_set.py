"""A folder that is either complete or not there."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

METADATA = "metadata.json"


class NotOurs(Exception):
    """The folder holds something that this tool did not write."""


@contextmanager
def replacing(folder: Path) -> Iterator[Path]:
    """Yields a folder to fill beside `folder`; it takes its place only when nothing was raised."""
    if folder.exists() and any(folder.iterdir()) and not (folder / METADATA).exists():
        raise NotOurs(f"{folder} is not empty and holds no {METADATA}: not overwritten")
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)
    partial.rename(folder)
