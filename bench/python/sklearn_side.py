"""scikit-learn: MLPClassifier.fit with its own loop over the batches. The time of a step is its time divided by the steps.

It does not shuffle, because that costs a fifth of a small step. `partial_fit` on prepared batches takes 1.4 to 5 times as
long, because it checks every batch.
"""

import os
import time
import warnings

import sklearn
from common import make_data, make_labels, make_rows, serve
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

warnings.filterwarnings("ignore")


def describe():
    return f"scikit-learn {sklearn.__version__}"


def prepare(work):
    widths, batch, rows = work["widths"], work["batch"], work["rows"]
    if work["kind"] == "cold":
        raise RuntimeError("not measured")
    if work["kind"] == "predict":
        x = make_rows(rows, widths[0])
        few = max(rows, 2 * widths[-1])
        model = MLPClassifier(widths[1:-1], max_iter=1).fit(make_rows(few, widths[0]), make_labels(few, widths[-1]))

        def predict(count, times):
            with threadpool_limits(count):
                begun = time.perf_counter()
                for _ in range(times):
                    model.predict_proba(x)
                return (time.perf_counter() - begun) / times

        return best(predict, 5)
    x, y = make_data(work)
    steps = -(-rows // batch)

    def fit(count, times):
        epochs = times if work["kind"] == "epoch" else max(1, round(times / steps))
        model = MLPClassifier(
            widths[1:-1],
            alpha=0.0,
            batch_size=batch,
            max_iter=epochs,
            n_iter_no_change=10**9,
            shuffle=False,
            tol=0.0,
        )
        with threadpool_limits(count):
            begun = time.perf_counter()
            model.fit(x, y)
            each = (time.perf_counter() - begun) / epochs
        return each if work["kind"] == "epoch" else each / steps

    return best(fit, 1 if work["kind"] == "epoch" else steps)


def best(call, few):
    counts = sorted({1, os.cpu_count()})
    for count in counts:
        call(count, few)
    count = min(counts, key=lambda count: call(count, few))
    return lambda times: call(count, times)


serve(describe, prepare)
