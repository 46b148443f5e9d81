"""Checks that TensorBoard reads the events of a run as `metrics.csv` has them. For developers; no test needs Python.

    python3 -m venv .venv && .venv/bin/pip install tensorboard
    npx vinculum train examples/data/penguins.csv -t species --tensorboard
    .venv/bin/python packages/io/test/tensorboard/check.py runs/penguins

It was last run with tensorboard 2.21.0.
"""

import csv
import os
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def column_of(tag):
    """`loss/validation` -> `val_loss`, `learning rate` -> `learning_rate`."""
    name, _, part = tag.partition("/")
    return {"validation": "val_"}.get(part, "") + name.replace(" ", "_")


def check(folder):
    events = EventAccumulator(folder, size_guidance={"scalars": 0})
    events.Reload()
    with open(os.path.join(folder, "metrics.csv")) as file:
        rows = list(csv.DictReader(file))
    members = sorted({row.get("member", "") for row in rows}, key=lambda member: int(member or 0))
    count = 0
    for member in members:
        group = f"network {member}/" if member else ""
        own = [row for row in rows if row.get("member", "") == member]
        tags = [tag for tag in events.Tags()["scalars"] if tag.startswith(group)]
        assert tags, f"no curves of {group or 'the network'}"
        for tag in tags:
            column = column_of(tag.removeprefix(group))
            scalars = events.Scalars(tag)
            assert [event.step for event in scalars] == [int(row["step"]) for row in own], tag
            for event, row in zip(scalars, own):
                value = float(row[column])
                assert abs(event.value - value) <= 1e-6 * max(1, abs(value)), (tag, event, value)
                count += 1
    print(f"{count} values of {len(members)} network(s) are equal")


check(sys.argv[1])
