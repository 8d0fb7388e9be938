"""The two versions of the network, and how both are trained."""

import keras
import numpy as np
from keras import layers

from .dataset import Split, augmented

CLASSES = 10
EPOCHS = 200
BATCH = 32
PEAK_LEARNING_RATE = 4e-3


def version_1() -> keras.Model:
    """A plain convolution stack with max pooling and a dense head on all positions."""
    image = layers.Input((8, 8, 1), name="image")
    x = _normalised(layers.Conv2D(16, 3, padding="same", use_bias=False, name="conv1"), image)
    x = _normalised(layers.Conv2D(24, 3, padding="same", use_bias=False, name="conv2"), x)
    x = layers.MaxPooling2D(2, name="pool1")(x)
    x = _normalised(layers.Conv2D(32, 3, padding="same", use_bias=False, name="conv3"), x)
    x = layers.MaxPooling2D(2, name="pool2")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dropout(0.3, name="dropout")(x)
    x = layers.Dense(CLASSES, name="dense")(x)
    return keras.Model(image, layers.Softmax(name="softmax")(x), name="digits_v1")


def version_2() -> keras.Model:
    """Depthwise separable blocks with one residual addition and a global mean: fewer weights.

    The last block has 64 channels: a dense layer of 48 meets rule C of esp-nn 1.2.1, whose kernel is
    wrong for rows of three whole sixteens. The gate found that on an earlier version 2.
    """
    image = layers.Input((8, 8, 1), name="image")
    x = _normalised(layers.Conv2D(24, 3, padding="same", use_bias=False, name="stem"), image)
    x = _separable(x, 32, 1, "block1")
    x = _separable(x, 40, 2, "block2")
    x = layers.Add(name="residual")([x, _separable(x, 40, 1, "block3")])
    x = _separable(x, 64, 1, "block4")
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dropout(0.1, name="dropout")(x)
    x = layers.Dense(CLASSES, name="dense")(x)
    return keras.Model(image, layers.Softmax(name="softmax")(x), name="digits_v2")


def _normalised(convolution, x):
    x = convolution(x)
    x = layers.BatchNormalization(momentum=0.95, name=f"{convolution.name}_norm")(x)
    return layers.ReLU(name=f"{convolution.name}_relu")(x)


def _separable(x, channels: int, stride: int, name: str):
    depthwise = layers.DepthwiseConv2D(3, stride, padding="same", use_bias=False, name=f"{name}_depthwise")
    pointwise = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_pointwise")
    return _normalised(pointwise, _normalised(depthwise, x))


def train(model: keras.Model, split: Split, seed: int) -> None:
    """Adam with a cosine rate over freshly augmented epochs; every random draw comes from `seed`."""
    random = np.random.Generator(np.random.PCG64(seed))
    steps = EPOCHS * (len(split.labels) // BATCH)
    rate = keras.optimizers.schedules.CosineDecay(1e-4, steps, 1e-4, warmup_target=PEAK_LEARNING_RATE, warmup_steps=steps // 20)
    model.compile(keras.optimizers.Adam(rate), keras.losses.CategoricalCrossentropy(label_smoothing=0.05))
    targets = keras.utils.to_categorical(split.labels, CLASSES)
    for _ in range(EPOCHS):
        images = augmented(split, random)
        order = random.permutation(len(targets))
        model.fit(images[order], targets[order], batch_size=BATCH, shuffle=False, verbose=0)
