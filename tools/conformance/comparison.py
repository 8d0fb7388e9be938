"""Bit for bit, or within the few ULP that `exp` and its like are allowed."""

import numpy as np

#: Operators whose float form calls the C library; everything else is held to 0 ULP.
TRANSCENDENTAL = {
    "SOFTMAX", "LOGISTIC", "TANH", "EXP", "LOG", "SIN", "COS", "ELU", "LOG_SOFTMAX", "UNIDIRECTIONAL_SEQUENCE_LSTM", "GELU",
}
ALLOWED_ULP = 4


def difference(truth: list[np.ndarray], found: list[np.ndarray], operators: set[str]) -> str:
    """Empty when equal, else what differs first and by how much."""
    for index, (expected, actual) in enumerate(zip(truth, found, strict=True)):
        if expected.shape != actual.shape or expected.dtype != actual.dtype:
            return f"out_{index}: {actual.dtype}{list(actual.shape)}, expected {expected.dtype}{list(expected.shape)}"
        distance = _distance(expected, actual)
        allowed = ALLOWED_ULP if expected.dtype == np.float32 and operators & TRANSCENDENTAL else 0
        wrong = np.argwhere(distance > allowed)
        if len(wrong):
            return _described(index, expected, actual, distance, wrong)
    return ""


def _distance(expected: np.ndarray, actual: np.ndarray) -> np.ndarray:
    """Per element: ULP for floats (two NaN are equal, the zeros too), codes for integers."""
    if expected.dtype != np.float32:
        return np.abs(expected.astype(np.int64) - actual.astype(np.int64))
    distance = np.abs(_ordered(expected) - _ordered(actual))
    return np.where(np.isnan(expected) & np.isnan(actual), 0, distance)


def _ordered(values: np.ndarray) -> np.ndarray:
    """Floats as integers whose difference is the number of floats between."""
    bits = np.ascontiguousarray(values).view(np.int32).astype(np.int64)
    return np.where(bits < 0, -(2**31) - bits, bits)


def _described(index: int, expected: np.ndarray, actual: np.ndarray, distance: np.ndarray, wrong: np.ndarray) -> str:
    first = tuple(int(at) for at in wrong[0])
    unit = "ULP" if expected.dtype == np.float32 else "LSB"
    share = f"{len(wrong)} of {expected.size}"
    return f"out_{index}{list(first)}: {actual[first]}, expected {expected[first]}; {share} differ, up to {distance.max()} {unit}"
