#!/usr/bin/env python3
"""Makes the three incidents of ESP-NN's kernels: small digit classifiers that a plain export produces.

    python make_kernels.py           train all three, export float and int8, write models and metadata.json
    python make_kernels.py --check   committed files against metadata.json

Each network is ordinary; what makes it an incident is one layer that a release of ESP-NN computes
otherwise (`assay explain board-agreement`). Data, training and export are those of suites/digits, and the
recordings are its held-out images. Python with suites/digits/requirements.txt; one thread, fixed seeds.
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "digits"))

import make as digits  # noqa: E402  (suites/digits/make.py)

#: Folder, name of the model, seed, and what about the network meets the rule.
INCIDENTS = {
    "esp-nn-padding": ("strided", 2001, "a 3x3 convolution with stride 2 on an even size, SAME padding (rule A)"),
    "esp-nn-odd-row": ("narrow", 2002, "a dense layer behind 56 averaged channels (rule C)"),
    "esp-nn-scratch": ("upsampled", 2003, "a 3x3 depthwise convolution with stride 2 over 64x64x16 (rule F)"),
}


def strided():
    """Downsamples with a strided convolution, as most small networks do."""
    from keras import layers

    return _network(
        layers.Conv2D(12, 3, padding="same", activation="relu"),
        layers.Conv2D(24, 3, strides=2, padding="same", activation="relu"),
        layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
        layers.Flatten(),
    )


def narrow():
    """56 channels, averaged: three whole sixteens and a half."""
    from keras import layers

    return _network(
        layers.Conv2D(16, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(56, 3, padding="same", activation="relu"),
        layers.GlobalAveragePooling2D(),
    )


def upsampled():
    """The first blocks of a MobileNet, on the image brought to the size such networks are made for."""
    import keras
    from keras import layers
    from training.networks import _normalised

    def downsampled(x, channels: int, name: str):
        depthwise = layers.DepthwiseConv2D(3, 2, padding="same", use_bias=False, name=f"{name}_depthwise")
        pointwise = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_pointwise")
        return _normalised(pointwise, _normalised(depthwise, x))

    image = keras.Input((8, 8, 1), name="image")
    x = layers.UpSampling2D(8, interpolation="bilinear")(image)
    x = _normalised(layers.Conv2D(16, 3, padding="same", use_bias=False, name="stem"), x)
    for block, channels in enumerate((16, 32, 32, 64)):
        x = downsampled(x, channels, f"block{block}")
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(10, activation="softmax")(x))


def _network(*layers):
    import keras

    image = keras.Input((8, 8, 1), name="image")
    features = image
    for layer in layers:
        features = layer(features)
    return keras.Model(image, keras.layers.Dense(10, activation="softmax")(features))


def main() -> int:
    digits.refuse_other_versions()
    if "--check" in sys.argv[1:]:
        return check()
    digits.prepare_tensorflow()
    for folder in INCIDENTS:
        make(folder)
    return check()


def make(folder: str) -> None:
    import keras
    from training import dataset, export, networks

    builder, seed, meets = INCIDENTS[folder]
    training, held_out = dataset.load()
    print(f"training {folder} on {len(training.labels)} images", file=sys.stderr)
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    model = globals()[builder]()
    networks.train(model, training, seed)
    forms = {"float": export.to_float(model), "int8": export.to_int8(model, training.images)}
    files = {f"{builder}.{form}.tflite": (1, form, content) for form, content in forms.items()}
    digits.write_set(HERE / folder, folder, files, held_out, f"minimum and maximum over the training split; has {meets}")


def check() -> int:
    from training import dataset

    _, held_out = dataset.load()
    problems = []
    for folder in INCIDENTS:
        document = json.loads((HERE / folder / digits.METADATA).read_text())
        for entry in document["models"]:
            problems += digits.problems_of(HERE / folder, entry, held_out)
    print("\n".join(problems) or "the incidents of ESP-NN's kernels are what make_kernels.py made")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
