"""JAX: a jitted step with donated buffers ("stepped"), or all batches scanned inside one jitted call ("scanned").

The second argument may be the number of a processor, to which the process is then pinned. This happens before JAX is
imported, because XLA makes its thread pool at the start.
"""

import os
import sys

MODE = sys.argv[1]
if len(sys.argv) > 2:
    os.sched_setaffinity(0, {int(sys.argv[2])})

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
from common import make_data, make_rows, serve, steps_of, timed  # noqa: E402

B1, B2, RATE, EPS = 0.9, 0.999, 1e-3, 1e-8


def describe():
    return f"JAX {jax.__version__}, {MODE}"


def logits(parameters, x):
    *hidden, (w, b) = parameters
    for weight, bias in hidden:
        x = jax.nn.relu(x @ weight + bias)
    return x @ w + b


def loss(parameters, x, y):
    z = logits(parameters, x)
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(z), y[:, None], 1))


def step(state, batch):
    parameters, first, second, t = state
    t = t + 1
    gradients = jax.grad(loss)(parameters, *batch)
    first = jax.tree.map(lambda m, g: B1 * m + (1 - B1) * g, first, gradients)
    second = jax.tree.map(lambda v, g: B2 * v + (1 - B2) * g * g, second, gradients)
    c1, c2 = 1 - B1**t, 1 - B2**t
    parameters = jax.tree.map(
        lambda p, m, v: p - RATE * (m / c1) / (jnp.sqrt(v / c2) + EPS), parameters, first, second
    )
    return parameters, first, second, t


def initial(widths):
    keys = jax.random.split(jax.random.PRNGKey(0), len(widths))
    parameters = [
        (jax.random.uniform(key, (i, o), minval=-1, maxval=1) * (6 / i) ** 0.5, jnp.zeros(o))
        for key, i, o in zip(keys, widths, widths[1:])
    ]
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    return parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.float32(0)


def prepare(work):
    widths, batch, rows = work["widths"], work["batch"], work["rows"]
    if work["kind"] == "cold":
        raise RuntimeError("not measured")
    state = {"value": initial(widths)}
    if work["kind"] == "predict":
        if MODE == "scanned":
            raise RuntimeError("not measured")
        x = jnp.asarray(make_rows(rows, widths[0]))
        call = jax.jit(lambda p, x: jax.nn.softmax(logits(p, x)))
        parameters = state["value"][0]
        return lambda times: timed(times, lambda: call(parameters, x).block_until_ready())
    x, y = make_data(work)
    x, y = jnp.asarray(x), jnp.asarray(y.astype("int32"))
    count = rows // batch
    inputs = x[: count * batch].reshape(count, batch, -1)
    labels = y[: count * batch].reshape(count, batch)
    steps = steps_of(work)
    finish = lambda: jax.block_until_ready(state["value"])  # noqa: E731
    if MODE == "scanned":
        scan = jax.jit(
            lambda s, xs, ys: jax.lax.scan(lambda c, b: (step(c, b), None), s, (xs, ys))[0],
            donate_argnums=0,
        )

        def epoch():
            state["value"] = scan(state["value"], inputs, labels)

        def repeat(times):
            calls = times if steps > 1 else max(1, round(times / count))
            each = timed(calls, epoch, finish)
            return each if steps > 1 else each / count

        return repeat
    one = jax.jit(lambda s, x, y: step(s, (x, y)), donate_argnums=0)
    batches = [(inputs[i], labels[i]) for i in range(count)]
    at = {"index": 0}

    def advance():
        state["value"] = one(state["value"], *batches[at["index"]])
        at["index"] = (at["index"] + 1) % count

    return lambda times: timed(times * steps, advance, finish) * steps


serve(describe, prepare)
