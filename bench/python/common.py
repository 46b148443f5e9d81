"""The loop of a Python side: it reads lines {"work", "seconds"} and answers {"seconds"} for one step, epoch or prediction.

A module has `describe()` and `prepare(work)`. The latter returns a function that does the work a given number of times and
returns the seconds of one repetition. This file does the same as side.mjs.
"""

import gzip
import json
import os
import sys
import time

import numpy as np


def make_rows(count, columns):
    """The generator of work.mjs: x = 1664525 x + 1013904223 modulo 2^32, jumped ahead in vectors."""
    n = count * columns
    a, c, mask = 1664525, 1013904223, 0xFFFFFFFF
    block = min(n, 4096)
    first = np.empty(block, dtype=np.uint64)
    state = 1
    for i in range(block):
        state = (state * a + c) & mask
        first[i] = state
    power, add = 1, 0
    for _ in range(block):
        power, add = (power * a) & mask, (add * a + c) & mask
    blocks = [first]
    for _ in range((n + block - 1) // block - 1):
        blocks.append((blocks[-1] * np.uint64(power) + np.uint64(add)) & np.uint64(mask))
    values = np.concatenate(blocks)[:n].astype(np.float64) / 2**31 - 1
    return values.astype(np.float32).reshape(count, columns)


def make_labels(count, classes):
    return (np.arange(count) % classes).astype(np.int64)


FASHION_MNIST = "/usr/share/datasets/fashion-mnist"


def make_data(work):
    """Rows and labels of a training work: Fashion-MNIST for the epoch if Debian's files are installed, else drawn numbers."""
    if work["kind"] == "epoch" and os.path.isdir(FASHION_MNIST):
        images = read_idx("train-images-idx3-ubyte", 16).reshape(-1, 784)
        return images.astype(np.float32) / 255, read_idx("train-labels-idx1-ubyte", 8).astype(np.int64)
    return make_rows(work["rows"], work["widths"][0]), make_labels(work["rows"], work["widths"][-1])


def read_idx(name, header):
    """The bytes of an IDX file after its header."""
    with gzip.open(f"{FASHION_MNIST}/{name}.gz") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def steps_of(work):
    return -(-work["rows"] // work["batch"]) if work["kind"] == "epoch" else 1


def timed(times, once, finish=lambda: None):
    finish()
    begun = time.perf_counter()
    for _ in range(times):
        once()
    finish()
    return (time.perf_counter() - begun) / times


def fastest(candidates, few=20):
    """The fastest of some repeat functions, measured over a few repetitions after a warm-up."""
    best = None
    for repeat in candidates:
        repeat(3)
        each = repeat(few)
        if best is None or each < best[0]:
            best = (each, repeat)
    return best[1]


def rest():
    """Waits until no thread of this process works, because an idle pool polls for a while and would slow the next side."""
    for _ in range(50):
        begun = time.process_time()
        time.sleep(0.01)
        if time.process_time() - begun < 0.001:
            return


def serve(describe, prepare):
    out = sys.stdout
    sys.stdout = sys.stderr

    def say(answer):
        out.write(json.dumps(answer) + "\n")
        out.flush()

    prepared = {}
    say({"version": describe()})
    for line in sys.stdin:
        try:
            request = json.loads(line)
            work, seconds = request["work"], request["seconds"]
            if work["name"] not in prepared:
                repeat = prepare(work)
                times, each, spent = 1, repeat(1), 0.0
                while spent < 0.7 * seconds:
                    times = max(1, min(100_000, round(0.3 * seconds / each)))
                    each = repeat(times)
                    spent += each * times
                prepared[work["name"]] = (repeat, max(1, round(seconds / each)))
            repeat, times = prepared[work["name"]]
            each = repeat(times)
            rest()
            say({"seconds": each})
        except Exception as error:  # noqa: BLE001 - every error is sent to the benchmark
            say({"fault": (str(error) or type(error).__name__).splitlines()[0]})
