"""Survivors that are no mistakes: `equivalent.txt`.

A paragraph is a reason (lines that begin with `#`) and the keys it holds for: `file | line of source | change`,
which survive edits elsewhere in the file. A key may end with `*`.
"""

from dataclasses import dataclass
from pathlib import Path


@dataclass
class Equivalents:
    reasons: dict[str, str]

    def reason(self, key: str) -> str | None:
        return next((why for pattern, why in self.reasons.items() if self._holds(pattern, key)), None)

    def unused(self, keys: set[str]) -> list[str]:
        return [pattern for pattern in self.reasons if not any(self._holds(pattern, key) for key in keys)]

    @staticmethod
    def _holds(pattern: str, key: str) -> bool:
        if not pattern.endswith("*"):
            return pattern == key
        return key.startswith(pattern[:-1])


def read(path: Path) -> Equivalents:
    reasons: dict[str, str] = {}
    why: list[str] = []
    is_key = False
    for line in path.read_text().splitlines() if path.exists() else []:
        if line.startswith("#"):
            why = [line[1:].strip()] if is_key else why + [line[1:].strip()]
            is_key = False
        elif line.strip():
            reasons[line.strip()] = " ".join(why)
            is_key = True
        else:
            why, is_key = [], False
    return Equivalents(reasons)
