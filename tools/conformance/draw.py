"""Random choices that can be written down, replayed and made smaller.

A generator asks a `Draw` for every decision. What it answered is a list of small integers in which 0 is always
the simplest answer, so that any failing graph is shrunk by making its list shorter and its numbers smaller:
no family of operators needs a shrinking rule of its own.
"""

from collections.abc import Sequence

import numpy as np

LARGEST_SEED = 2**31 - 1


class Draw:
    """Fresh answers from `random`, or those of `replayed` (0 where that list ends)."""

    def __init__(self, random: np.random.Generator | None = None, replayed: Sequence[int] = ()):
        self._random = random
        self._replayed = list(replayed)
        self.choices: list[int] = []

    def integer(self, low: int, high: int) -> int:
        """A whole number in low...high; low is the simplest."""
        at = len(self.choices)
        if self._random is not None:
            offset = int(self._random.integers(0, high - low + 1))
        else:
            offset = self._replayed[at] if at < len(self._replayed) else 0
        offset = max(0, min(offset, high - low))
        self.choices.append(offset)
        return low + offset

    def pick(self, options: Sequence):
        """One of `options`, the simplest first."""
        return options[self.integer(0, len(options) - 1)]

    def flag(self) -> bool:
        return self.pick((False, True))

    def shape(self, rank: int, largest: int) -> list[int]:
        return [self.integer(1, largest) for _ in range(rank)]

    def data(self) -> np.random.Generator:
        """The source of weights and inputs: one choice, however many numbers are taken from it."""
        return np.random.Generator(np.random.PCG64(self.integer(0, LARGEST_SEED)))
