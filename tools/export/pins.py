"""Versions that are known to work together; another one would silently write other files."""

import importlib.metadata
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def pinned() -> dict[str, str]:
    lines = REQUIREMENTS.read_text().splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def installed(name: str) -> str:
    """The public version (`2.13.0+cpu` is `2.13.0`), empty when it is not there."""
    try:
        return importlib.metadata.version(name).split("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return ""


def problems() -> list[str]:
    """One line for each package that is missing or of another version."""
    return [
        f"{name}: {installed(name) or 'not installed'}, pinned {version}"
        for name, version in pinned().items()
        if installed(name) != version
    ]
