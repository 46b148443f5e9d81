"""TensorFlow: one training step as a tf.function compiled by XLA, tensors made before. Pinned by an argument as JAX is."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
if len(sys.argv) > 1:
    os.sched_setaffinity(0, {int(sys.argv[1])})

import tensorflow as tf  # noqa: E402
from common import make_labels, make_rows, serve, steps_of, timed  # noqa: E402

B1, B2, RATE, EPS = 0.9, 0.999, 1e-3, 1e-8


def describe():
    return f"TensorFlow {tf.__version__}, XLA"


def prepare(work):
    widths, batch, rows = work["widths"], work["batch"], work["rows"]
    if work["kind"] == "cold":
        raise RuntimeError("not measured")
    pairs = list(zip(widths, widths[1:]))
    variables = [
        variable
        for i, o in pairs
        for variable in (
            tf.Variable(tf.random.uniform((i, o), -1, 1) * (6 / i) ** 0.5),
            tf.Variable(tf.zeros(o)),
        )
    ]
    first = [tf.Variable(tf.zeros_like(v)) for v in variables]
    second = [tf.Variable(tf.zeros_like(v)) for v in variables]
    t = tf.Variable(0.0)

    def logits(x):
        for index in range(len(pairs)):
            x = x @ variables[2 * index] + variables[2 * index + 1]
            if index < len(pairs) - 1:
                x = tf.nn.relu(x)
        return x

    x = tf.constant(make_rows(rows, widths[0]))
    if work["kind"] == "predict":
        call = tf.function(lambda x: tf.nn.softmax(logits(x)), jit_compile=True)
        return lambda times: timed(times, lambda: call(x).numpy())

    @tf.function(jit_compile=True)
    def step(x, y):
        t.assign_add(1.0)
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits(x))
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, variables)
        c1, c2 = 1 - B1**t, 1 - B2**t
        for v, m, s, g in zip(variables, first, second, gradients):
            m.assign(B1 * m + (1 - B1) * g)
            s.assign(B2 * s + (1 - B2) * g * g)
            v.assign_sub(RATE * (m / c1) / (tf.sqrt(s / c2) + EPS))

    y = tf.constant(make_labels(rows, widths[-1]).astype("int32"))
    batches = [(x[i : i + batch], y[i : i + batch]) for i in range(0, rows, batch)]
    steps = steps_of(work)
    at = {"index": 0}

    def advance():
        step(*batches[at["index"]])
        at["index"] = (at["index"] + 1) % len(batches)

    return lambda times: timed(times * steps, advance, lambda: variables[0].numpy()) * steps


serve(describe, prepare)
