"""What happened in a run besides its turns."""

import json
from collections.abc import Iterator

import pytest

from engine.lake import Lake, events


@pytest.fixture
def lake() -> Iterator[Lake]:
    with Lake.open() as opened:
        yield opened


def happen(lake: Lake, *kinds: str, run: str = "r", **told: object) -> None:
    for kind in kinds:
        events.append(lake, [events.row(run, kind, None, told)])


def test_events_come_back_in_order_by_kind_and_by_run(lake: Lake) -> None:
    happen(lake, "started", "pace", "finished", said="雪 \"quoted\"")
    happen(lake, "pace", run="other")
    assert events.of_run(lake, "r")["kind"].to_list() == ["started", "pace", "finished"]
    (found,) = events.of_run(lake, "r", ["pace"]).to_dicts()
    assert json.loads(found["told"]) == {"said": '雪 "quoted"'}
    assert events.latest(lake, "r") == events.of_run(lake, "r")["happened"][-1]
    assert events.latest(lake, "nobody") is None


def test_a_cancel_counts_until_the_run_is_started_again(lake: Lake) -> None:
    happen(lake, "started", "pace")
    assert events.cancelled(lake, "r") is None
    happen(lake, "cancel")
    assert events.cancelled(lake, "r") == "cancel"
    happen(lake, "cancel_now")
    assert events.cancelled(lake, "r") == "cancel_now"
    happen(lake, "started")
    assert events.cancelled(lake, "r") is None


def test_a_run_of_another_machine_is_told_from_one_of_this(lake: Lake) -> None:
    assert not events.elsewhere(lake, "r")
    events.append(lake, [events.row("r", "started", None, {"host": "another-machine"})])
    assert events.elsewhere(lake, "r")
