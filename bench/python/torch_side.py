"""PyTorch: fused Adam, tensors made before, losses never fetched; one and all threads, eager and torch.compile, the best."""

import os
import warnings

import torch
from common import fastest, make_labels, make_rows, serve, steps_of, timed

warnings.filterwarnings("ignore")


def describe():
    return f"PyTorch {torch.__version__}"


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


def prepare(work):
    widths, batch, rows = work["widths"], work["batch"], work["rows"]
    threads = sorted({1, os.cpu_count()})
    if work["kind"] == "cold":
        raise RuntimeError("not measured")
    x = torch.from_numpy(make_rows(rows, widths[0]))
    if work["kind"] == "predict":
        model = model_of(widths).eval()

        def predict():
            torch.softmax(model(x), 1)

        def predict_all(times):
            with torch.inference_mode():
                return timed(times, predict)

        return fastest([on_threads(count, predict_all) for count in threads])
    batches = list(zip(x.split(batch), torch.from_numpy(make_labels(rows, widths[-1])).split(batch)))
    steps = steps_of(work)
    candidates = []
    for compiled in (False, True):
        model = model_of(widths)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
        criterion = torch.nn.functional.cross_entropy

        def loss_of(inputs, labels, model=model):
            return criterion(model(inputs), labels)

        call = torch.compile(loss_of) if compiled else loss_of
        state = {"at": 0}

        def step(call=call, optimizer=optimizer, state=state):
            inputs, labels = batches[state["at"]]
            state["at"] = (state["at"] + 1) % len(batches)
            optimizer.zero_grad(set_to_none=True)
            call(inputs, labels).backward()
            optimizer.step()

        def repeat(times, step=step):
            return timed(times * steps, step) * steps

        try:
            step()
        except Exception:  # noqa: BLE001 - no compiler: eager alone
            if compiled:
                continue
            raise
        candidates += [on_threads(count, repeat) for count in threads]
    return fastest(candidates, 20 if steps == 1 else 1)


serve(describe, prepare)
