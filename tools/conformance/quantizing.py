"""Scales, zero points and data with the corners that break kernels."""

import numpy as np

from draw import Draw
from graph import Graph, Quantization

CODES = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767), "int32": (-(2**31), 2**31 - 1), "int4": (-7, 7)}
SAMPLES = 3


def activation(draw: Draw, dtype: str) -> Quantization | None:
    """Per tensor, zero points at both ends and between; int16 is symmetric, floats and plain numbers have none."""
    if dtype not in CODES:
        return None
    scale = scale_near(draw, 0.02)
    if dtype in ("int16", "int32"):
        return Quantization((scale,), (0,))
    low, high = CODES[dtype]
    return Quantization((scale,), (draw.pick((0, low, high, low + 1, draw.integer(low, high))),))


def scale_near(draw: Draw, middle: float) -> float:
    """A factor of 0.2 to 5 around `middle`, now and then a power of two; exactly a float32."""
    factor = draw.pick((1.0, 0.2 + draw.integer(0, 4800) / 1000.0))
    return float(np.float32(middle * factor)) if draw.integer(0, 7) else 2.0 ** round(np.log2(middle))


def per_channel(draw: Draw, channels: int, middle: float, axis: int) -> Quantization:
    """One scale per channel: near each other, or spread over six decades and more."""
    random, decades = draw.data(), draw.pick((0, 1, 6, 12))
    exponents = random.uniform(-decades, 0, channels)
    scales = tuple(float(np.float32(middle * 10.0**e)) for e in exponents)
    return Quantization(scales, (0,) * channels, axis)


def weights(draw: Draw, shape, dtype: str) -> np.ndarray:
    """Codes over the whole range, or real numbers around zero."""
    random = draw.data()
    if dtype == "float32":
        return random.normal(0, 0.5, shape).astype(np.float32)
    low, high = CODES[dtype]
    return random.integers(max(low, -127) if dtype == "int8" else low, high + 1, shape).astype("int8" if dtype == "int4" else dtype)


def recorded(draw: Draw, graph: Graph, spread: float = 2.0) -> list[np.ndarray]:
    """`SAMPLES` inputs of each kind: random, then one sample of only extreme values."""
    return [values(draw, [SAMPLES, *graph.tensors[i].shape], graph.tensors[i].dtype, spread) for i in graph.inputs]


def values(draw: Draw, shape, dtype: str, spread: float = 2.0) -> np.ndarray:
    random = draw.data()
    if dtype == "bool":
        return random.integers(0, 2, shape).astype(bool)
    if dtype == "float32":
        result = random.normal(0, spread, shape)
        result[-1:] = random.choice([-3 * spread, 0, 3 * spread], result[-1:].shape)
        return result.astype(np.float32)
    low, high = {"int32": (-1000, 1000), "int64": (-1000, 1000), "uint32": (0, 1000)}.get(dtype) or CODES[dtype]
    result = random.integers(low, high + 1, shape)
    result[-1:] = random.choice([low, high], result[-1:].shape)
    return result.astype(dtype)


def output_for_sum(draw: Draw, dtype: str, terms: int, product_scale: float) -> Quantization | None:
    """A quantisation that a sum of `terms` random products fills about, sometimes too well or not at all."""
    if dtype == "float32":
        return None
    middle = product_scale * max(1.0, terms**0.5) * {"int8": 40.0, "int16": 16.0}[dtype]
    found = activation(draw, dtype)
    return Quantization((scale_near(draw, middle),), found.zero_points)
