"""PyTorch with fused Adam, on tensors that exist before, without fetching losses; on one thread or on all, whichever is faster.

Without an argument it runs the usual loop, eager or with a compiled loss. With `step` it runs the whole step (gradients and
Adam) as one graph of `torch.compile`, so that Python makes one call for each step. This is three times as fast on the
smallest networks.
"""

import os
import sys
import warnings

import torch
from common import fastest, make_data, make_rows, serve, steps_of, timed

warnings.filterwarnings("ignore")

WHOLE_STEP = sys.argv[1:] == ["step"]
B1, B2, RATE, EPS = 0.9, 0.999, 1e-3, 1e-8
cross_entropy = torch.nn.functional.cross_entropy


def describe():
    return f"PyTorch {torch.__version__}{', whole step compiled' if WHOLE_STEP else ''}"


def model_of(widths):
    layers = []
    for index, (fan_in, fan_out) in enumerate(zip(widths, widths[1:])):
        layers.append(torch.nn.Linear(fan_in, fan_out))
        if index < len(widths) - 2:
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def on_threads(count, repeat):
    def run(times):
        torch.set_num_threads(count)
        return repeat(times)

    return run


def eager_step(widths, compiled):
    model = model_of(widths)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, fused=True)

    def loss_of(inputs, labels):
        return cross_entropy(model(inputs), labels)

    call = torch.compile(loss_of) if compiled else loss_of

    def step(inputs, labels):
        optimizer.zero_grad(set_to_none=True)
        call(inputs, labels).backward()
        optimizer.step()

    return step


def whole_step(widths):
    model = model_of(widths)
    names = [name for name, _ in model.named_parameters()]
    weights = [parameter.detach().clone() for parameter in model.parameters()]
    first = [torch.zeros_like(weight) for weight in weights]
    second = [torch.zeros_like(weight) for weight in weights]
    t = torch.zeros(())

    def loss_of(weights, inputs, labels):
        logits = torch.func.functional_call(model, dict(zip(names, weights)), (inputs,))
        return cross_entropy(logits, labels)

    @torch.compile(fullgraph=True)
    def update(weights, first, second, t, inputs, labels):
        gradients = torch.func.grad(loss_of)(weights, inputs, labels)
        t.add_(1)
        c1, c2 = 1 - B1**t, 1 - B2**t
        for w, m, v, g in zip(weights, first, second, gradients):
            m.mul_(B1).add_(g * (1 - B1))
            v.mul_(B2).add_(g * g * (1 - B2))
            w.sub_(RATE * (m / c1) / ((v / c2).sqrt() + EPS))

    return lambda inputs, labels: update(weights, first, second, t, inputs, labels)


def prepare_predict(widths, rows, threads):
    x = torch.from_numpy(make_rows(rows, widths[0]))
    model = model_of(widths).eval()

    def predict_all(times):
        with torch.inference_mode():
            return timed(times, lambda: torch.softmax(model(x), 1))

    return fastest([on_threads(count, predict_all) for count in threads])


def prepare(work):
    widths, batch = work["widths"], work["batch"]
    threads = sorted({1, os.cpu_count()})
    if work["kind"] == "cold" or (WHOLE_STEP and work["kind"] == "predict"):
        raise RuntimeError("not measured")
    if work["kind"] == "predict":
        return prepare_predict(widths, work["rows"], threads)
    x, y = (torch.from_numpy(values) for values in make_data(work))
    batches = list(zip(x.split(batch), y.split(batch)))
    steps = steps_of(work)

    def repeat_of(step):
        at = 0

        def once():
            nonlocal at
            step(*batches[at])
            at = (at + 1) % len(batches)

        def repeat(times):
            if WHOLE_STEP:
                with torch.no_grad():
                    return timed(times * steps, once) * steps
            return timed(times * steps, once) * steps

        return repeat

    makers = [whole_step] if WHOLE_STEP else [lambda w: eager_step(w, False), lambda w: eager_step(w, True)]
    candidates = []
    for make in makers:
        # The number of threads is fixed in a compiled graph, so each number needs its own graph.
        for count in threads:
            torch.set_num_threads(count)
            repeat = on_threads(count, repeat_of(make(widths)))
            try:
                repeat(1)
            except Exception:  # noqa: BLE001 - without a compiler, the earlier candidates remain
                if not candidates:
                    raise
                continue
            candidates.append(repeat)
    return fastest(candidates, 20 if steps == 1 else 1)


serve(describe, prepare)
