"""The smallest failing graph: shorter and smaller choices as long as the failure stays."""

from collections.abc import Callable

ATTEMPTS = 400


def shrunk(choices: list[int], fails: Callable[[list[int]], bool], attempts: int = ATTEMPTS) -> list[int]:
    """A list of choices that still fails and of which no single choice tried here could be made smaller."""
    best, left = list(choices), attempts
    improved = True
    while improved and left > 0:
        improved = False
        for candidate in _smaller(best):
            left -= 1
            if left <= 0:
                break
            if fails(candidate):
                best, improved = candidate, True
                break
    return best


def _smaller(choices: list[int]):
    """Bold first: cut the end, zero a block, delete a choice; then zero, halve or decrement single choices."""
    size = len(choices) // 2
    while size >= 1:
        yield choices[:-size]
        for start in range(0, len(choices), size):
            block = choices[start : start + size]
            if any(block):
                yield choices[:start] + [0] * len(block) + choices[start + size :]
        size //= 2
    for at, value in enumerate(choices):
        for smaller in dict.fromkeys((value // 2, value - 1)):
            if 0 <= smaller < value:
                yield choices[:at] + [smaller] + choices[at + 1 :]
        yield choices[:at] + choices[at + 1 :]
