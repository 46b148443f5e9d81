"""TensorFlow compiled by XLA, on tensors that exist before: a training step by its concrete function, which skips the
dispatch of tf.function ("stepped"), or all batches in a loop inside one call ("looped"). The second argument may be the
number of a processor, to which the process is then pinned, as in jax_side.py."""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
MODE = sys.argv[1]
if len(sys.argv) > 2:
    os.sched_setaffinity(0, {int(sys.argv[2])})

import tensorflow as tf  # noqa: E402
from common import make_data, make_rows, serve, steps_of, timed  # noqa: E402

B1, B2, RATE, EPS = 0.9, 0.999, 1e-3, 1e-8


def describe():
    return f"TensorFlow {tf.__version__}, XLA, {MODE}"


class Model:
    """Variables, logits and one step of Adam, written out so that XLA can compile all of it."""

    def __init__(self, widths):
        self.variables = []
        for fan_in, fan_out in zip(widths, widths[1:]):
            weight = tf.random.uniform((fan_in, fan_out), -1, 1) * (6 / fan_in) ** 0.5
            self.variables += [tf.Variable(weight), tf.Variable(tf.zeros(fan_out))]
        self.first = [tf.Variable(tf.zeros_like(v)) for v in self.variables]
        self.second = [tf.Variable(tf.zeros_like(v)) for v in self.variables]
        self.t = tf.Variable(0.0)

    def logits(self, x):
        for index in range(0, len(self.variables), 2):
            x = x @ self.variables[index] + self.variables[index + 1]
            if index < len(self.variables) - 2:
                x = tf.nn.relu(x)
        return x

    def step(self, x, y):
        self.t.assign_add(1.0)
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, self.logits(x))
            loss = tf.reduce_mean(losses)
        gradients = tape.gradient(loss, self.variables)
        c1, c2 = 1 - B1**self.t, 1 - B2**self.t
        for v, m, s, g in zip(self.variables, self.first, self.second, gradients):
            m.assign(B1 * m + (1 - B1) * g)
            s.assign(B2 * s + (1 - B2) * g * g)
            v.assign_sub(RATE * (m / c1) / (tf.sqrt(s / c2) + EPS))

    def finish(self):
        self.variables[0].numpy()


def prepare(work):
    widths, batch = work["widths"], work["batch"]
    if work["kind"] == "cold" or (work["kind"] == "predict" and MODE == "looped"):
        raise RuntimeError("not measured")
    model = Model(widths)
    if work["kind"] == "predict":
        x = tf.constant(make_rows(work["rows"], widths[0]))
        call = tf.function(lambda x: tf.nn.softmax(model.logits(x)), jit_compile=True)
        concrete = call.get_concrete_function(x)
        return lambda times: timed(times, lambda: concrete(x).numpy())
    x, y = make_data(work)
    count, steps = len(x) // batch, steps_of(work)
    inputs = tf.constant(x[: count * batch].reshape(count, batch, -1))
    labels = tf.constant(y[: count * batch].reshape(count, batch).astype("int32"))
    return (looped if MODE == "looped" else stepped)(model, inputs, labels, count, steps)


def looped(model, inputs, labels, count, steps):
    @tf.function(jit_compile=True)
    def epoch(inputs, labels):
        for i in tf.range(count):
            model.step(inputs[i], labels[i])

    call = epoch.get_concrete_function(inputs, labels)

    def repeat(times):
        calls = times if steps > 1 else max(1, round(times / count))
        each = timed(calls, lambda: call(inputs, labels), model.finish)
        return each if steps > 1 else each / count

    return repeat


def stepped(model, inputs, labels, count, steps):
    batches = [(inputs[i], labels[i]) for i in range(count)]
    call = tf.function(model.step, jit_compile=True).get_concrete_function(*batches[0])
    at = 0

    def once():
        nonlocal at
        call(*batches[at])
        at = (at + 1) % count

    return lambda times: timed(times * steps, once, model.finish) * steps


serve(describe, prepare)
