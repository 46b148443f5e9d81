"""Prints the seconds from the import of a peer to its first prediction of 784-256-10, in a new process: `cold_start.py PEER`."""

import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402 - all of them need it, and the caller holds the row already

ROW = np.zeros((1, 784), np.float32)


def torch():
    import torch

    model = torch.nn.Sequential(torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10))
    with torch.inference_mode():
        return torch.softmax(model(torch.from_numpy(ROW)), 1).numpy()


def jax():
    import jax
    import jax.numpy as jnp

    keys = jax.random.split(jax.random.PRNGKey(0), 2)
    first, second = (jax.random.normal(key, shape) for key, shape in zip(keys, [(784, 256), (256, 10)]))
    predict = jax.jit(lambda x: jax.nn.softmax(jax.nn.relu(x @ first) @ second))
    return np.asarray(predict(jnp.asarray(ROW)))


def tensorflow():
    import tensorflow as tf

    first, second = tf.random.normal((784, 256)), tf.random.normal((256, 10))
    return tf.nn.softmax(tf.nn.relu(tf.constant(ROW) @ first) @ second).numpy()


begun = time.perf_counter()
{"torch": torch, "jax": jax, "tensorflow": tensorflow}[sys.argv[1]]()
print(time.perf_counter() - begun)
