"""The headline estimate on the first so many conversations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.benchmarks import benchmark
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, items
from engine.lake import turns as kept_turns
from engine.metrics import estimate
from engine.metrics.narrowing import FIRST, at_cut, cuts


@given(st.integers(0, 10**7))
def test_cuts_double_from_the_first_and_never_pass_what_ended(ended: int) -> None:
    found = cuts(ended)
    assert found == [FIRST * 2**number for number in range(len(found))]
    assert all(cut <= ended for cut in found)
    assert not found or found[-1] * 2 > ended
    assert bool(found) == (ended >= FIRST)


def test_the_last_cut_is_the_estimate_itself_and_earlier_ones_see_only_what_had_ended() -> None:
    dilemmas = benchmark("dilemmas")
    with Lake.open() as lake:
        play(lake, Request(["simulated/pliable"], ["dilemmas"], ["pressure=crowd,none"], 1))
        turns = kept_turns.for_metrics(lake, "simulated/pliable", "dilemmas", dilemmas.version)
        content = items.items_of(lake, dilemmas)
    ended = turns["trial"].n_unique()
    whole = estimate(dilemmas, content, turns)
    lens = dilemmas.lens
    (told,) = [row for row in whole.to_dicts() if (row["metric"], row["facet"]) == (lens.metric, lens.facet)]
    last = at_cut(dilemmas, content, turns, ended)
    assert last == {"conversations": ended} | {name: pytest.approx(told[name]) for name in ("value", "low", "high")}
    first = at_cut(dilemmas, content, turns, FIRST)
    assert first["conversations"] == FIRST
    assert first["high"] - first["low"] > last["high"] - last["low"]
    later = turns.sort("answered_at", descending=True)
    assert at_cut(dilemmas, content, later, FIRST) == first, "the order of rows is nothing, when they were answered is"
