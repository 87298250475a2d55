#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Trains the 64-64-10 net of the digits demo and writes its weights and its test split.

    python3 -m venv build/venv
    build/venv/bin/pip install numpy==2.4.6 scikit-learn==1.9.1 safetensors==0.8.0
    build/venv/bin/python tools/train_digits.py

The files under examples/data are what this printed and wrote; the demo and the tests read them and
need no Python, so nothing runs this again but a person who wants other weights. The seed is fixed:
the same versions on the same machine write the same bytes.

The net is logits = relu(x @ w1 + b1) @ w2 + b2 on pixels scaled from 0..16 to 0..1. Weights are
stored K x N (inputs x outputs), as kiln's matmul reads them.
"""

import pathlib
import platform
import sys

import numpy as np
import safetensors
import sklearn
from safetensors.numpy import save
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 20240601
TEST_IMAGES = 360
HIDDEN = 64
EPOCHS = 120
BATCH = 32
DATA = pathlib.Path(__file__).resolve().parent.parent / "examples" / "data"


def split_digits():
    """The 1,797 images, split so that each digit has its share in both parts."""
    images, labels = load_digits(return_X_y=True)
    return train_test_split(
        images.astype(np.uint8),
        labels.astype(np.uint8),
        test_size=TEST_IMAGES,
        random_state=SEED,
        stratify=labels,
    )


def forward(weights, x):
    """Hidden activations and logits for pixels in 0..1."""
    hidden = np.maximum(x @ weights["w1"] + weights["b1"], 0)  # [b, 64]
    return hidden, hidden @ weights["w2"] + weights["b2"]  # [b, 10]


def gradients(weights, x, labels):
    """Gradients of the mean cross entropy."""
    hidden, logits = forward(weights, x)
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)  # [b, 10]
    p[np.arange(len(labels)), labels] -= 1
    p /= len(labels)
    back = (p @ weights["w2"].T) * (hidden > 0)  # [b, 64]
    return {"w1": x.T @ back, "b1": back.sum(axis=0), "w2": hidden.T @ p, "b2": p.sum(axis=0)}


def shifted(random, images):
    """Each image moved by up to one pixel either way: 1,437 images are few for 4,810 weights."""
    squares = np.pad(images.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
    moves = random.integers(0, 3, size=(len(images), 2))
    return np.stack([s[y : y + 8, x : x + 8] for s, (y, x) in zip(squares, moves)]).reshape(-1, 64)


def train(images, labels):
    """Adam with a cosine schedule and decoupled weight decay, in f64; returns the weights in f32."""
    random = np.random.default_rng(SEED)
    weights = {
        "w1": random.normal(0, np.sqrt(2 / 64), (64, HIDDEN)),
        "b1": np.zeros(HIDDEN),
        "w2": random.normal(0, np.sqrt(2 / HIDDEN), (HIDDEN, 10)),
        "b2": np.zeros(10),
    }
    mean = {name: np.zeros_like(w) for name, w in weights.items()}
    square = {name: np.zeros_like(w) for name, w in weights.items()}
    step, steps = 0, EPOCHS * (len(images) // BATCH)
    for _ in range(EPOCHS):
        order = random.permutation(len(images))
        for first in range(0, len(images) - BATCH + 1, BATCH):
            rows = order[first : first + BATCH]
            keep = random.random(BATCH) < 0.5  # half as they are, half moved
            batch = np.where(keep[:, None], images[rows], shifted(random, images[rows]))
            step += 1
            rate = 3e-3 * 0.5 * (1 + np.cos(np.pi * step / steps))
            for name, g in gradients(weights, batch / 16, labels[rows]).items():
                mean[name] = 0.9 * mean[name] + 0.1 * g
                square[name] = 0.999 * square[name] + 0.001 * g * g
                scale = np.sqrt(square[name] / (1 - 0.999**step)) + 1e-8
                decay = 1e-2 * weights[name] if name.startswith("w") else 0
                weights[name] -= rate * (mean[name] / (1 - 0.9**step) / scale + decay)
    return {name: w.astype(np.float32) for name, w in weights.items()}


def accuracy(weights, images, labels):
    """Share of images whose largest logit is the label's, computed in f32 as the demo does."""
    _, logits = forward(weights, images.astype(np.float32) / np.float32(16))
    return float((logits.argmax(axis=1) == labels).mean())


def main():
    train_images, test_images, train_labels, test_labels = split_digits()
    weights = train(train_images, train_labels)
    found = accuracy(weights, test_images, test_labels)
    right = round(found * len(test_labels))
    print(
        f"python {platform.python_version()}, numpy {np.__version__}, "
        f"scikit-learn {sklearn.__version__}, safetensors {safetensors.__version__}"
    )
    print(
        f"train accuracy {accuracy(weights, train_images, train_labels):.4f} of {len(train_labels)}"
    )
    print(f"test accuracy  {found:.4f}: {right} of {len(test_labels)}")
    DATA.mkdir(parents=True, exist_ok=True)
    test = {"images": test_images, "labels": test_labels}
    (DATA / "digits.safetensors").write_bytes(save(weights))
    (DATA / "digits_test.safetensors").write_bytes(save(test))
    return found < 0.97


if __name__ == "__main__":
    sys.exit(main())
