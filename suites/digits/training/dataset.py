"""The 1,797 handwritten 8x8 digits of scikit-learn, split once and for all.

Real units: a pixel is ink coverage in 0..1 (scikit-learn's 0..16 divided by 16), row-major, one channel.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.datasets import load_digits

SPLIT_SEED = 20260101
HELD_OUT_COUNT = 899
PIXEL_MAXIMUM = 16.0


@dataclass(frozen=True)
class Split:
    """Images are float32 [N, 8, 8, 1] in 0..1, labels int32 [N], rows their index in scikit-learn's set."""

    images: np.ndarray
    labels: np.ndarray
    rows: np.ndarray


def load() -> tuple[Split, Split]:
    """The training and the held-out split; the held-out one is never trained on nor calibrated with."""
    digits = load_digits()
    images = (digits.images / PIXEL_MAXIMUM).astype(np.float32)[..., np.newaxis]
    labels = digits.target.astype(np.int32)
    order = np.random.Generator(np.random.PCG64(SPLIT_SEED)).permutation(len(labels))
    held_out, training = np.sort(order[:HELD_OUT_COUNT]), np.sort(order[HELD_OUT_COUNT:])
    return tuple(Split(images[rows], labels[rows], rows.astype(np.int32)) for rows in (training, held_out))


def write_recordings(split: Split, path) -> None:
    """Writes `in_0` [N, 1, 8, 8, 1], `labels` and `tags` (the row in scikit-learn's set, as text).

    Stored, not deflated: the bytes then do not depend on the zlib of the machine.
    """
    tags = np.array([f"row {row}" for row in split.rows], "S8")
    np.savez(path, in_0=split.images[:, np.newaxis], labels=split.labels, tags=tags)


def augmented(split: Split, random: np.random.Generator) -> np.ndarray:
    """One epoch of images, each sheared, turned, scaled and shifted by at most about a pixel."""
    count = len(split.labels)
    matrices = np.eye(2) + random.uniform(-0.16, 0.16, (count, 2, 2))
    shifts = random.uniform(-0.8, 0.8, (count, 2))
    grid = np.stack(np.meshgrid(np.arange(8), np.arange(8), indexing="ij"), -1).reshape(-1, 2) - 3.5
    points = np.einsum("nij,pj->npi", matrices, grid) + shifts[:, np.newaxis] + 3.5
    return _sampled(split.images[..., 0], points).astype(np.float32).reshape(count, 8, 8, 1)


def _sampled(images: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Bilinear samples of [N, 8, 8] at [N, P, 2]; outside an image there is no ink."""
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2)))
    points = np.clip(points + 2, 0, 10.999)
    corner = points.astype(int)
    weight = points - corner
    row, column = corner[..., 0], corner[..., 1]
    image = np.arange(len(images))[:, np.newaxis]
    upper = padded[image, row, column] * (1 - weight[..., 1]) + padded[image, row, column + 1] * weight[..., 1]
    lower = padded[image, row + 1, column] * (1 - weight[..., 1]) + padded[image, row + 1, column + 1] * weight[..., 1]
    return upper * (1 - weight[..., 0]) + lower * weight[..., 0]
