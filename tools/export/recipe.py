"""What the tool has to be told about a network: a Python file with one function `recipe()`."""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Recipe:
    """A trained PyTorch module with everything its exports need.

    `module` is in eval mode and takes one float32 tensor `[1, ...]`. `calibration` and `recordings` are float32
    `[N, ...]` without the batch dimension; `calibration` must not contain what `recordings` judge.
    """

    name: str
    version: int
    module: object
    calibration: np.ndarray
    recordings: np.ndarray
    labels: np.ndarray
    classes: list[str]
    preprocessing: str
    source: str

    @property
    def input_shape(self) -> list[int]:
        return [1, *self.recordings.shape[1:]]


class RecipeError(Exception):
    """The file is not a recipe; the text says why in one line."""


def load(path: Path) -> Recipe:
    """Runs the file; its own folder is on the module path meanwhile."""
    if not path.is_file():
        raise RecipeError(f"{path}: no such recipe")
    sys.path.insert(0, str(path.resolve().parent))
    specification = importlib.util.spec_from_file_location("recipe_file", path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[specification.name] = module  # the exporter looks a module's class up by name
    specification.loader.exec_module(module)
    if not hasattr(module, "recipe"):
        raise RecipeError(f"{path}: defines no function recipe()")
    found = module.recipe(Recipe)
    _check(found, path)
    return found


def _check(recipe: Recipe, path: Path) -> None:
    for name in ("calibration", "recordings"):
        values = getattr(recipe, name)
        if values.strides != np.empty(values.shape, values.dtype).strides:
            raise RecipeError(f"{path}: {name} must be a copy in C order: the exporter records what strides say")
        if values.dtype != np.float32 or len(values) == 0 or not np.isfinite(values).all():
            raise RecipeError(f"{path}: {name} must be finite float32 with at least one sample")
    if recipe.calibration.shape[1:] != recipe.recordings.shape[1:]:
        raise RecipeError(f"{path}: calibration {recipe.calibration.shape[1:]} and recordings {recipe.recordings.shape[1:]} differ in shape")
    if len(recipe.labels) != len(recipe.recordings):
        raise RecipeError(f"{path}: {len(recipe.labels)} labels for {len(recipe.recordings)} recordings")
    if recipe.module.training:
        raise RecipeError(f"{path}: the module is in training mode")
