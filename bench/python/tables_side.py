"""One peer of the comparison on tables, as a process: it reads lines {"train", "test", "target", "task", "seed", "limit", "answer"}.

It fits the peer on one file and predicts the rows of the other, writes the predictions to the file `answer`, and says
{"fit", "processor", "predict", "memory"} (seconds and bytes) or {"fault"}. Each line is done in a fork of this process, so that it can be ended
after `limit` seconds and starts with the library loaded but otherwise clean.
"""

import json
import os
import resource
import signal
import sys
import time
import warnings

import pandas as pd
import tables_peers


def read(path, target):
    """The cells as text, missing ones as NaN. The columns are numbered, because some libraries take no marks in names."""
    table = pd.read_csv(path, dtype=str, na_values=["?", ""], skipinitialspace=True)
    table = table.apply(lambda column: column.str.strip()).replace("", None)
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    at = [name.strip() for name in raw.columns].index(target)
    table.columns = [f"c{i}" for i in range(table.shape[1])]
    return table.drop(columns=f"c{at}"), raw.iloc[:, at].str.strip()


def work(peer, job):
    """@returns {"fit", "processor", "predict", "memory"} of one line, whose predictions are written to its file"""
    train, target = read(job["train"], job["target"])
    test, _ = read(job["test"], job["target"])
    model = tables_peers.Peer(peer, job["task"], job["seed"])
    start, busy = time.perf_counter(), time.process_time()
    model.fit(train, target)
    fitted, processor = time.perf_counter(), time.process_time() - busy
    answer = model.predict(test)
    end = time.perf_counter()
    with open(job["answer"], "w") as file:
        json.dump(answer, file)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"fit": fitted - start, "processor": processor, "predict": end - fitted, "memory": memory}


def forked(peer, job):
    """`work` in a fork, which is ended at the limit."""
    source, sink = os.pipe()
    caller = os.getppid()
    child = os.fork()
    if child == 0:
        os.close(source)
        os.dup2(2, 1)
        try:
            said = work(peer, job)
        except BaseException as error:
            said = {"fault": f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}"}
        os.write(sink, json.dumps(said).encode())
        os._exit(0)
    os.close(sink)
    end = time.monotonic() + job["limit"]
    while os.waitpid(child, os.WNOHANG)[0] == 0:
        # A caller that was ended does not read the answer any more, so its fit ends as well.
        if time.monotonic() > end or os.getppid() != caller:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(source)
            return {"fault": f"longer than {job['limit']} s"}
        time.sleep(0.02)
    with os.fdopen(source) as file:
        said = file.read()
    return json.loads(said) if said else {"fault": "it ended without an answer; perhaps the memory was too small"}


def main():
    peer = sys.argv[1]
    warnings.filterwarnings("ignore")
    try:
        say({"version": tables_peers.describe(peer)})
    except ImportError as error:
        say({"fault": f"not installed: {error.name}"})
        return
    for line in sys.stdin:
        say(forked(peer, json.loads(line)))


def say(answer):
    print(json.dumps(answer), flush=True)


main()
