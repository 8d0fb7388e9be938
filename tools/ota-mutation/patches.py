"""Hand-written patches of the device: `patches.txt`, which says how they are written."""

import re
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Hunk:
    file: str
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)

    def applied(self, text: str, switch: str) -> str | None:
        """The text with the hunk in it; None when its old text is not there exactly once."""
        words = " ".join(self.old).split()
        pattern = r"\s+".join(re.escape(word) for word in words)
        if len(re.findall(pattern, text)) != 1:
            return None
        new = re.sub(r"\bpatched\b", f"({switch})", "\n".join(self.new))
        return re.sub(pattern, lambda _: new, text)


@dataclass
class Patch:
    name: str
    mistake: str
    hunks: list[Hunk] = field(default_factory=list)

    def applied(self, texts: dict[str, str], number: int) -> dict[str, str] | None:
        """All files with the patch in them; None when it does not fit beside those that are in them."""
        result = dict(texts)
        for hunk in self.hunks:
            text = hunk.applied(result[hunk.file], f"activeMutant == {number}")
            if text is None:
                return None
            result[hunk.file] = text
        return result


def read(path: Path) -> list[Patch]:
    found: list[Patch] = []
    for line in path.read_text().splitlines():
        kind, text = line[:1], line[2:]
        if kind == "=":
            name, mistake = text.split(": ", 1)
            found.append(Patch(name, mistake))
        elif kind == "@":
            found[-1].hunks.append(Hunk(text.strip()))
        elif kind == "-" and found:
            found[-1].hunks[-1].old.append(text)
        elif kind == "+" and found:
            found[-1].hunks[-1].new.append(text)
    return found


def batches(patches: list[Patch], texts: dict[str, str]) -> list[tuple[dict[str, str], list[tuple[int, Patch]]]]:
    """As few builds as needed: patches that change the same text do not go together."""
    left, found, number = list(patches), [], 0
    while left:
        together, later, current = [], [], texts
        for patch in left:
            applied = patch.applied(current, number + 1)
            if applied is None:
                later.append(patch)
                continue
            number += 1
            current = applied
            together.append((number, patch))
        if not together:
            raise SystemExit(f"patches.txt: {later[0].name}: its old text is not in the source exactly once")
        found.append((current, together))
        left = later
    return found
