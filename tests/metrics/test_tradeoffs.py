"""The metrics of trade-offs against the same reckoned slowly in plain Python."""

import json
from collections import Counter, defaultdict
from itertools import combinations
from math import log, log2, sqrt
from random import Random
from statistics import fmean

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.benchmarks.tradeoffs import KINDS
from engine.metrics.evidence import cells
from engine.metrics.statistics import Interval
from engine.metrics.tradeoffs import (
    ARMS,
    ROOM,
    Shift,
    counts_of,
    entropy,
    estimates,
    evidence,
    jackknifed,
    least,
    most,
    net,
    shift_of,
    trials_of,
    welch,
)

SCHEMA = {"choice": pl.String, "reading": pl.String, "problem": pl.String, "number": pl.Float64}
ORDERS, WORDINGS = ("first", "second"), ("1", "2", "3")
Answer = tuple[str, str, str, str, str, str, str | None]
"""Stem, kind, message, framing, paraphrase, order, the option chosen: `+` (compare, use, …), `-`, `decline` or `None` (refused)."""


def turns(answers: list[Answer]) -> pl.DataFrame:
    rows, asked = [], Counter[tuple[str, ...]]()
    for number, (stem, kind, told, framing, paraphrase, order, way) in enumerate(answers):
        cell = (stem, told, framing, paraphrase, order)
        choice = {"+": KINDS[kind][0], "-": KINDS[kind][1]}.get(str(way), way)
        condition = {"told": told, "framing": framing, "paraphrase": paraphrase, "order": order}
        rows.append({
            "run": "r", "trial": f"t{number}", "trial_item": stem, "item": stem, "stem": stem, "kind": kind, "epoch": asked[cell],
            "condition": json.dumps(condition), "turn": 0, "choice": choice, "number": None,
            "reading": "choice" if way else "refusal", "problem": None,
        })
        asked[cell] += 1
    return pl.DataFrame(rows, schema_overrides=SCHEMA)


def cell(stem: str, kind: str, forward: int, backward: int, *, told: str = "none", framing: str = "person") -> list[Answer]:
    """So many answers of one stem in one framing, over paraphrases and orders."""
    ways = ["+"] * forward + ["-"] * backward
    return [(stem, kind, told, framing, WORDINGS[n % 3], ORDERS[n // 3 % 2], way) for n, way in enumerate(ways)]


def played(chance, *, stems: int = 8, each: int = 12, seed: int = 1, messages=ARMS) -> list[Answer]:
    """Answers drawn with `chance(kind, message, framing, stem)` for the first option."""
    rng, found = Random(seed), list[Answer]()
    for kind in KINDS:
        for number in range(stems):
            for told in messages:
                for framing in ("person", "resource"):
                    hits = sum(rng.random() < chance(kind, told, framing, number) for _ in range(each))
                    found += cell(f"{kind}{number}", kind, hits, each - hits, told=told, framing=framing)
    return found


def told(found: pl.DataFrame, metric: str, facet: str = "no message") -> dict:
    return found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).row(0, named=True)


# --- slowly -------------------------------------------------------------------------------------------------------------------------


def odds(answers: list[Answer]) -> float:
    hits = sum(a[6] == "+" for a in answers)
    return log((hits + 0.5) / (len(answers) - hits + 0.5))


OPTIONS, EVERY = ("+", "-"), ("+", "-", "decline")


def moved_odds(answers: list[Answer], kind: str, message: str = "none", among=OPTIONS) -> float | None:
    """The difference of log-odds, where both framings have answers."""
    sides = [[a for a in answers if a[1:4] == (kind, message, framing) and a[6] in among] for framing in ("resource", "person")]
    return odds(sides[0]) - odds(sides[1]) if all(sides) else None


def shift_slowly(answers: list[Answer], kind: str, message: str = "none", among=OPTIONS) -> float | None:
    """The same, where each option was chosen in three stems."""
    chosen = {(a[6], a[0]) for a in answers if a[1:3] == (kind, message) and a[3] != "no case"}
    rich = all(sum(way == option for way, _ in chosen) >= 3 for option in OPTIONS)
    return moved_odds(answers, kind, message, among) if rich else None


def less(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one - other


def net_slowly(answers: list[Answer], message: str = "none", among=OPTIONS, shift=shift_slowly) -> float | None:
    return less(*(shift(answers, kind, message, among) for kind in ("conflict", "neutral")))


def named(answers: list[Answer], kinds=("conflict", "neutral"), messages=("none",)) -> list[str]:
    return sorted({a[0] for a in answers if a[1] in kinds and a[2] in messages and a[3] != "no case" and a[6] in ("+", "-")})


def half_slowly(answers: list[Answer], number, kinds=("conflict", "neutral"), messages=("none",)) -> float | None:
    """The jackknife: the number anew without each stem in turn, kind by kind. What is left may have less room than the whole needs."""
    variance = 0.0
    for kind in kinds:
        stems = named(answers, (kind,), messages)
        left = [number([a for a in answers if a[0] != stem]) for stem in stems]
        if len(left) < 2:
            return None
        variance += (len(left) - 1) / len(left) * sum((value - fmean(left)) ** 2 for value in left)
    return float(stats.t.ppf(0.975, max(2, len(named(answers, kinds, messages)) - 2))) * sqrt(variance)


CASES = st.lists(
    st.tuples(
        st.sampled_from([(f"{kind}{n}", kind) for kind in KINDS for n in range(4)]), st.sampled_from(["none", "both"]),
        st.sampled_from(["person", "resource"]), st.sampled_from(WORDINGS), st.sampled_from(ORDERS),
        st.sampled_from(["+", "-", "-", "decline", None]),
    ).map(lambda drawn: (*drawn[0], *drawn[1:])),
    min_size=1, max_size=120,
)


@settings(max_examples=50, deadline=None)
@given(CASES)
def test_shares_and_shifts_are_as_reckoned_slowly(answers: list[Answer]) -> None:
    found = estimates(turns(answers))
    for message in ("none", "both"):
        arm, under = ARMS[message], [a for a in answers if a[2] == message]
        expected: dict[tuple[str, str], float | None] = {}
        for kind, metric in (("respect", "respect_for_persons"), ("justice", "fair_shares")):
            some = [a[6] == "-" for a in under if a[1] == kind and a[6] in ("+", "-")]
            expected[metric, arm] = fmean(some) if some else None
        clash = [a for a in under if a[1] == "conflict" and a[6]]
        expected["declines", arm] = fmean(a[6] == "decline" for a in clash) if clash else None
        for framing, name in (("person", "person-like"), ("resource", "resource-like")):
            some = [a[6] == "+" for a in clash if a[3] == framing and a[6] != "decline"]
            expected["compares", f"{name} @ {arm}"] = fmean(some) if some else None
        for kind in ("conflict", "neutral"):
            expected["kind_shift", f"{kind} @ {arm}"] = shift_slowly(answers, kind, message)
        expected["framing_shift", arm] = net_slowly(answers, message)
        expected["comparing_shift", arm] = net_slowly(answers, message, EVERY)
        for (metric, facet), value in expected.items():
            assert told(found, metric, facet)["value"] == (None if value is None else pytest.approx(value, abs=1e-9)), (metric, facet)
    one = [(a[6] == "+") == (a[5] == "first") for a in answers if a[6] in ("+", "-")]
    assert told(found, "position_effect", "first")["value"] == (pytest.approx(fmean(one)) if one else None)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 9))
def test_the_jackknife_is_leaving_out_one_stem_after_the_other(seed: int, stems: int, each: int) -> None:
    rng = Random(f"another than the players' {seed}")
    answers = played(lambda *_: rng.random(), stems=stems, each=each, seed=seed)
    answers = [(*a[:6], "decline") if rng.random() < 0.1 and a[1] == "conflict" and a[4:6] != ("1", "first") else a for a in answers]
    found = estimates(turns(answers))

    def held(metric: str, facet: str, value: float | None, half: float | None) -> None:
        row = told(found, metric, facet)
        expected = (None,) * 3 if value is None else pytest.approx((value, value - half, value + half))
        assert (row["value"], row["low"], row["high"]) == expected, (metric, facet)

    for metric, among in (("framing_shift", OPTIONS), ("comparing_shift", EVERY)):
        held(metric, "no message", net_slowly(answers, among=among),
             half_slowly(answers, lambda some, ways=among: net_slowly(some, among=ways, shift=moved_odds)))
    held("kind_shift", "conflict @ no message", shift_slowly(answers, "conflict"),
         half_slowly(answers, lambda some: moved_odds(some, "conflict"), ("conflict",)))
    ends, messages = [], ("both", "respect", "shares")
    for message in messages[1:]:
        def grown(some: list[Answer], shift=shift_slowly, other: str = message) -> float | None:
            return less(net_slowly(some, "both", shift=shift), net_slowly(some, other, shift=shift))

        ends.append((grown(answers), half_slowly(answers, lambda some, grown=grown: grown(some, moved_odds), messages=messages)))
    growth = told(found, "conflict_growth", "both")
    if any(value is None for value, _ in ends):
        assert (growth["value"], growth["low"], growth["high"]) == (None, None, None)
    else:
        assert growth["value"] == pytest.approx(min(value for value, _ in ends))
        assert growth["low"] == pytest.approx(min(value - half for value, half in ends))
        assert growth["high"] == pytest.approx(min(value + half for value, half in ends))


Cells = dict[tuple[str, ...], list[bool]]


def celled(answers: list[Answer], stem: str, *places: int) -> Cells:
    """The named answers of a stem to its cases, by these places of an answer."""
    of: Cells = defaultdict(list)
    for a in answers:
        if a[0] == stem and a[3] != "no case" and a[6] in OPTIONS:
            of[tuple(a[place] for place in places)].append(a[6] == "+")
    return of


def differing(one: list[bool], other: list[bool]) -> float:
    """How often a reply of the one differs from a reply of the other, pair by pair."""
    return fmean(a != b for a in one for b in other)


def beyond_slowly(answers: list[Answer], kind: str) -> list[float]:
    """For each stem how often replies to two framings of a paraphrase differ, less how often replies to two paraphrases of a framing do."""
    found = []
    for stem in named(answers, (kind,)):
        of = celled(answers, stem, 3, 4)
        pairs = list(combinations(of, 2))
        across = [differing(of[a], of[b]) for a, b in pairs if a[0] != b[0] and a[1] == b[1]]
        within = [differing(of[a], of[b]) for a, b in pairs if a[0] == b[0]]
        if across and within:
            found.append(fmean(across) - fmean(within))
    return found


def noise_slowly(answers: list[Answer], kind: str) -> list[tuple[float, int]]:
    """For each stem how much more often replies to two paraphrases differ than two replies to the same words; and the replies used."""
    found = []
    for stem in named(answers, (kind,)):
        twice = {cell: some for cell, some in celled(answers, stem, 3, 5, 4).items() if len(some) > 1}
        parts, used = [], 0
        for place in {cell[:2] for cell in twice}:
            here = [some for cell, some in twice.items() if cell[:2] == place]
            if len(here) > 1:
                between = fmean(differing(one, other) for one, other in combinations(here, 2))
                parts.append(between - fmean(fmean(a != b for a, b in combinations(some, 2)) for some in here))
                used += sum(map(len, here))
        if parts:
            found.append((fmean(parts), used))
    return found


def scattered(seed: int, stems: int, count: int) -> list[Answer]:
    """So many answers of so many stems of each of two kinds, thrown into cells; some cells stay empty and some have one answer."""
    rng = Random(seed)
    lean = {cell: rng.random() for cell in [(f, p) for f in ("person", "resource", "no case") for p in WORDINGS]}
    found = list[Answer]()
    for _ in range(count):
        kind, framing = rng.choice(("conflict", "neutral")), rng.choice(("person", "resource", "person", "resource", "no case"))
        p = rng.choice(WORDINGS)
        way = rng.choice(("decline", None)) if rng.random() < 0.1 else "+" if rng.random() < lean[framing, p] else "-"
        found.append((f"{kind}{rng.randrange(stems)}", kind, "none", framing, p, rng.choice(ORDERS), way))
    return found


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(2, 150))
def test_movement_apart_from_direction_is_as_reckoned_slowly(seed: int, stems: int, count: int) -> None:
    answers = scattered(seed, stems, count)
    found = estimates(turns(answers))
    for kind in ("conflict", "neutral"):
        row, noise = told(found, "wording_noise", f"{kind} @ no message"), noise_slowly(answers, kind)
        assert row["value"] == (pytest.approx(fmean(value for value, _ in noise), abs=1e-9) if noise else None)
        assert (row["stems"], row["trials"]) == (len(noise), sum(used for _, used in noise))
    row, moved = told(found, "beyond_paraphrase"), [beyond_slowly(answers, kind) for kind in ("conflict", "neutral")]
    assert row["stems"] == sum(map(len, moved))
    if all(moved):
        expected = welch(*map(np.array, moved))
        assert row["value"] == pytest.approx(fmean(moved[0]) - fmean(moved[1]), abs=1e-9)
        assert (row["low"] is None) == (expected.low is None)
        if expected.low is not None:
            assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high), abs=1e-9)
    else:
        assert row["value"] is None


@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy's, where one side does not vary
@settings(max_examples=60, deadline=None)
@given(*(st.lists(st.floats(-9, 9).map(lambda x: round(x, 3)), min_size=2, max_size=12) for _ in range(2)))
def test_welch_is_that_of_scipy(one: list[float], other: list[float]) -> None:
    found = welch(np.array(one), np.array(other))
    assert found.value == pytest.approx(fmean(one) - fmean(other), abs=1e-9)
    if max(np.ptp(one), np.ptp(other)) > 1e-6:
        expected = stats.ttest_ind(one, other, equal_var=False).confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-6, abs=1e-9)


def test_welch_without_values_or_with_one_says_no_more_than_it_knows() -> None:
    none, one, two = np.array([]), np.array([1.0]), np.array([1.0, 3.0])
    assert welch(none, two) == (None, None, None)
    assert welch(two, one) == (1.0, None, None)


def pooled(answers: list[Answer], kind: str = "conflict", among: str = "named") -> Shift | None:
    return shift_of(counts_of(trials_of(turns(answers))).at("kind", kind), among)


@pytest.mark.parametrize(("forward", "backward"), [(3, 3), (6, 0), (0, 6), (5, 1)])
def test_equal_counts_are_exactly_no_effect(forward: int, backward: int) -> None:
    answers = [a for n in range(5) for framing in ("person", "resource") for a in
               cell(f"s{n}", "conflict", forward, backward, framing=framing)]
    every = [*answers, *[(f"n{a[0]}", "neutral", *a[2:]) for a in answers]]
    found, beyond = pooled(answers), net(counts_of(trials_of(turns(every))))
    if forward and backward:
        assert found[0] == beyond[0] == 0.0
        assert not found[1].any(), "and every stem says so"
        assert not beyond[1].any()
    else:
        assert (found, beyond) == (None, None), "at one end log-odds tell nothing"


@pytest.mark.parametrize(("person", "resource", "sign"), [((1, 5), (5, 1), 1), ((5, 1), (1, 5), -1), ((0, 6), (6, 0), 1)])
def test_above_none_the_resource_like_words_pull_towards_comparing(person, resource, sign: int) -> None:
    answers = [a for n in range(4) for framing, counts in (("person", person), ("resource", resource)) for a in
               cell(f"s{n}", "conflict", *counts, framing=framing)]
    assert sign * pooled(answers)[0] > 1


def test_the_net_shift_takes_off_what_neutral_stems_do() -> None:
    """A model that is moved alike by any wording is not moved by what is at stake."""
    answers = played(lambda kind, message, framing, stem: 0.8 if framing == "resource" else 0.3, stems=20, each=30)
    found = estimates(turns(answers))
    assert told(found, "kind_shift", "neutral @ no message")["low"] > 1
    assert told(found, "framing_shift")["low"] < 0 < told(found, "framing_shift")["high"]
    assert abs(told(found, "framing_shift")["value"]) < 0.5


def test_a_framing_without_answers_has_no_shift() -> None:
    answers = [a for n in range(4) for a in cell(f"s{n}", "conflict", 2, 2)]
    assert pooled(answers) is None
    found = estimates(turns([*answers, *(("s0", "conflict", "none", "resource", "1", "first", "decline"),) * 3]))
    row = told(found, "kind_shift", "conflict @ no message")
    assert (row["value"], row["low"], row["dropped"]) == (None, None, 3)
    assert told(found, "framing_shift")["value"] is None
    assert jackknifed(None, clusters=5) == (None, None, None)


@pytest.mark.parametrize(("forward", "backward", "rich"), [
    (1, 4, False), (2, 4, False), (3, 4, True), (4, 3, True), (4, 2, False), (4, 0, False),
])
def test_a_shift_takes_three_stems_for_each_option(forward: int, backward: int, rich: bool) -> None:
    """However often it was chosen in those."""
    answers = [a for n in range(4) for framing in ("person", "resource") for a in
               cell(f"s{n}", "conflict", 6 * (n < forward), 6 * (n < backward), framing=framing)]
    assert ROOM == 3
    assert (pooled(answers) is not None) == rich
    assert (pooled(answers, among="read") is not None) == rich
    row = told(estimates(turns(answers)), "kind_shift", "conflict @ no message")
    assert ((row["value"] is not None), row["low"] is not None) == (rich, rich)
    assert (row["trials"], row["stems"]) == (12 * (forward + backward), 4), "what it would have rested on is told"


def test_room_is_that_of_both_framings_together() -> None:
    """Never comparing persons, always ranking resources: the most there can be to be seen."""
    answers = [a for n in range(3) for a in [*cell(f"s{n}", "conflict", 0, 6), *cell(f"s{n}", "conflict", 6, 0, framing="resource")]]
    assert pooled(answers)[0] == pytest.approx(2 * log(18.5 / 0.5))


def test_answers_that_decline_give_no_room() -> None:
    answers = [a for n in range(5) for framing in ("person", "resource") for a in cell(f"s{n}", "conflict", 3, 0, framing=framing)]
    declined: list[Answer] = [(f"s{n}", "conflict", "none", "person", "1", "first", "decline") for n in range(5)] * 2
    assert pooled([*answers, *declined], among="read") is None


def test_fewer_than_three_stems_or_an_unknown_pull_have_no_interval() -> None:
    pulls = np.array([0.3, -0.3])
    assert jackknifed((0.5, pulls), clusters=2) == (0.5, None, None)
    half = stats.t.ppf(0.975, 2) * sqrt(0.18)
    assert jackknifed((0.5, pulls), clusters=3) == pytest.approx((0.5, 0.5 - half, 0.5 + half))
    assert jackknifed((0.5, np.array([0.3, np.nan])), clusters=9) == (0.5, None, None)


def test_a_message_that_settles_every_answer_has_no_shift_and_nothing_grows_from_it() -> None:
    """Never under either framing would come out as no shift without any doubt, and as calm that being told both stirs."""
    answers = played(lambda kind, message, framing, stem: 0.0 if (kind, message) == ("conflict", "respect") else 0.5, stems=6)
    found = estimates(turns(answers))
    assert [told(found, "framing_shift", arm)["value"] is None for arm in ARMS.values()] == [False, True, False, False]
    assert [told(found, "comparing_shift", arm)["value"] is None for arm in ARMS.values()] == [False, True, False, False]
    growth = told(found, "conflict_growth", "both")
    assert (growth["value"], growth["low"], growth["high"]) == (None, None, None)


def test_stems_that_each_keep_to_their_answer_are_nearly_a_certainty() -> None:
    answers = [a for n in range(20) for framing in ("person", "resource") for a in
               cell(f"s{n:02d}", "conflict", *((12, 0) if n % 2 else (0, 12)), framing=framing)]
    found = jackknifed(pooled(answers), clusters=20)
    assert found.value == 0
    assert -0.1 < found.low <= 0 <= found.high < 0.1


def test_growth_is_the_lesser_of_two_and_needs_all_messages() -> None:
    effect = {"none": 0.0, "respect": 0.1, "shares": 0.3, "both": 0.4}
    answers = played(lambda kind, message, framing, stem: 0.3 + (effect[message] if (kind, framing) == ("conflict", "resource") else 0),
                     stems=20, each=24)
    found = estimates(turns(answers))
    shift = {name: told(found, "framing_shift", arm)["value"] for name, arm in ARMS.items()}
    growth = told(found, "conflict_growth", "both")
    assert growth["value"] == pytest.approx(shift["both"] - max(shift["respect"], shift["shares"]))
    assert growth["value"] < shift["both"] - shift["respect"]
    without = estimates(turns([a for a in answers if a[2] != "shares"]))
    assert told(without, "conflict_growth", "both")["value"] is None


def test_the_least_of_two_intervals_has_the_least_of_their_ends() -> None:
    assert least([Interval(1, 0.5, 1.5), Interval(0.8, 0.6, 1.0)]) == (0.8, 0.5, 1.0)
    assert least([Interval(1, None, None), Interval(0.8, 0.6, 1.0)]) == (0.8, None, None)


def test_the_largest_of_two_intervals_has_the_largest_of_their_ends() -> None:
    assert most([Interval(1, 0.5, 1.1), Interval(0.8, 0.6, 1.2)]) == (1, 0.6, 1.2)
    assert most([Interval(1, None, None), Interval(0.8, 0.6, 1.0)]) == (1, None, None)


def test_being_told_both_is_measured_by_the_lesser_principle() -> None:
    right = {("respect", "none"): 9, ("justice", "none"): 6, ("respect", "both"): 12, ("justice", "both"): 7}
    answers = [a for (kind, message), n in right.items() for stem in range(3) for a in
               cell(f"{kind}{stem}", kind, 12 - n, n, told=message)]
    assert told(estimates(turns(answers)), "both_raised", "both")["value"] == pytest.approx(7 / 12 - 6 / 12)
    half = [a for a in answers if (a[1], a[2]) != ("justice", "both")]
    assert told(estimates(turns(half)), "both_raised", "both")["value"] is None


def test_declining_is_an_answer_and_in_no_shift() -> None:
    answers = [a for n in range(4) for a in [*cell(f"s{n}", "conflict", 2, 4), *cell(f"s{n}", "conflict", 4, 2, framing="resource")]]
    declined: list[Answer] = [(f"s{n}", "conflict", "none", "resource", "1", "first", "decline") for n in range(4)] * 3
    refused: list[Answer] = [("s0", "conflict", "none", "person", "1", "first", None)] * 5
    found, plain = estimates(turns([*answers, *declined, *refused])), estimates(turns(answers))
    assert pooled([*answers, *declined, *refused])[0] == pooled(answers)[0] == pytest.approx(2 * log(16.5 / 8.5))
    assert pooled([*answers, *declined, *refused], among="read")[0] == pytest.approx(log(16.5 / 20.5) - log(8.5 / 16.5))
    assert told(found, "kind_shift", "conflict @ no message")["dropped"] == 17
    row = told(found, "declines")
    assert (row["value"], row["trials"], row["dropped"]) == (pytest.approx(12 / 60), 60, 5)
    for metric, facet in (("compares", "resource-like @ no message"), ("compares", "person-like @ no message"),
                          ("beyond_paraphrase", "no message"), ("position_effect", "first")):
        assert told(found, metric, facet)["value"] == told(plain, metric, facet)["value"], metric
    assert told(found, "outcome", "refused")["value"] == pytest.approx(5 / 65)


def test_the_rules_alone_are_in_no_number_of_the_cases() -> None:
    answers = [a for n in range(4) for a in [*cell(f"s{n}", "conflict", 2, 4), *cell(f"s{n}", "conflict", 4, 2, framing="resource")]]
    rules = [a for n in range(4) for a in cell(f"s{n}", "conflict", 6, 0, framing="no case")]
    found, plain = estimates(turns([*answers, *rules])), estimates(turns(answers))
    others = ~pl.col("metric").is_in(["contradicts_rule", "self_agreement", "outcome"])
    assert found.filter(others).equals(plain.filter(others))
    assert told(plain, "contradicts_rule")["value"] is None


def ruled(stem: str, rule: tuple[int, int], case: tuple[int, int]) -> list[Answer]:
    """Answers for comparing and for respect, to the rules alone and to the case."""
    return [*cell(stem, "conflict", *rule, framing="no case"), *cell(stem, "conflict", *case)]


@pytest.mark.parametrize(("rule", "case", "against"), [
    ((0, 6), (0, 6), 0), ((0, 6), (6, 0), 1), ((6, 0), (0, 6), 1), ((6, 0), (6, 0), 0), ((3, 3), (6, 0), 0.5), ((3, 3), (3, 3), 0.5),
    ((2, 4), (1, 5), 4 / 6 * 1 / 6 + 2 / 6 * 5 / 6),
])
def test_going_against_the_own_rule(rule, case, against: float) -> None:
    found = estimates(turns([a for n in range(3) for a in ruled(f"s{n}", rule, case)]))
    assert told(found, "contradicts_rule")["value"] == pytest.approx(against)


def test_the_bounds_of_what_goes_against_the_rule_are_those_of_a_share() -> None:
    for turned in (False, True):
        cases = [(6, 0), (6, 0), (6, 0), (2, 4)]
        found = estimates(turns([a for n, case in enumerate(cases) for a in ruled(f"s{n}", (6, 0) if turned else (0, 6), case)]))
        row = told(found, "contradicts_rule")
        assert 0 <= row["low"] < row["value"] < row["high"] <= 1
        assert (row["low"] == 0) if turned else (row["high"] == 1), "the t interval reaches beyond"


def test_a_stem_without_rule_or_case_is_left_out_of_contradiction() -> None:
    found = estimates(turns([*ruled("a", (0, 6), (6, 0)), *cell("b", "conflict", 0, 6), *cell("c", "conflict", 6, 0, framing="no case")]))
    row = told(found, "contradicts_rule")
    assert (row["value"], row["stems"], row["low"]) == (1, 1, None)


def bits(ways: list[str]) -> float:
    return -sum(ways.count(way) / len(ways) * log2(ways.count(way) / len(ways)) for way in {*ways})


def bits_jackknifed(ways: list[str]) -> float:
    return len(ways) * bits(ways) - (len(ways) - 1) * fmean(bits([*ways[:at], *ways[at + 1 :]]) for at in range(len(ways)))


@pytest.mark.parametrize("ways", [
    ["+"] * 6, ["+"] * 5 + ["-"], ["+", "-"] * 3, ["+"] * 4 + ["decline"] * 2, ["+", "-", "decline"] * 40, ["+", "-", "decline"],
    ["+", "-"],
])
def test_doubt_is_the_entropy_of_three_answers(ways: list[str]) -> None:
    answers: list[Answer] = [(f"s{n}", "conflict", "none", "person", "1", "first", way) for n in range(3) for way in ways]
    row, told_bits = told(estimates(turns(answers)), "doubt"), bits_jackknifed(ways)
    assert entropy([*Counter(ways).values()]) == pytest.approx(told_bits)
    assert row["value"] == pytest.approx(min(told_bits, log2(3))), "three replies tell up to 2.75 bits, of which three answers have 1.58"
    assert 0 <= row["low"] <= row["value"] <= row["high"] <= log2(3)


def test_doubt_takes_two_replies() -> None:
    ways: list[Answer] = [("a", "conflict", "none", "person", "1", "first", way) for way in ("+", "-", "decline", "+", "+", "-")]
    row = told(estimates(turns([*ways, ("b", "conflict", "none", "person", "1", "first", "+")])), "doubt")
    assert (row["stems"], row["trials"]) == (1, 6)
    assert row["value"] == pytest.approx(min(log2(3), bits_jackknifed([str(a[6]) for a in ways])))


def test_doubt_is_within_framings_and_not_between_them() -> None:
    answers = [a for n in range(3) for a in [*cell(f"s{n}", "conflict", 6, 0), *cell(f"s{n}", "conflict", 0, 6, framing="resource")]]
    assert told(estimates(turns(answers)), "doubt")["value"] == 0


def worded(ways, times: int, kinds=("conflict", "neutral")) -> list[Answer]:
    """So often `ways(kind, framing, paraphrase)` in each cell of four stems of each kind."""
    return [(f"{kind}{n}", kind, "none", framing, p, order, ways(kind, framing, p)) for kind in kinds for n in range(4)
            for framing in ("person", "resource") for p in WORDINGS for order in ORDERS for _ in range(times)]


def test_what_paraphrases_move_is_not_beyond_paraphrase() -> None:
    answers = worded(lambda kind, framing, p: "-" if p == "2" else "+", 2)
    found = estimates(turns(answers))
    row = told(found, "wording_noise", "neutral @ no message")
    assert (row["value"], row["stems"], row["trials"]) == (pytest.approx(2 / 3), 4, 4 * 2 * 3 * 2 * 2)
    row = told(found, "beyond_paraphrase")
    assert (row["value"], row["low"], row["high"]) == pytest.approx((0, 0, 0), abs=1e-9)
    assert told(found, "framing_shift")["value"] == pytest.approx(0)


def test_what_framings_move_is_beyond_paraphrase_and_no_noise() -> None:
    found = estimates(turns(worded(lambda kind, framing, p: "-" if (kind, framing) == ("conflict", "person") else "+", 2)))
    assert told(found, "beyond_paraphrase")["value"] == 1
    for kind in ("conflict", "neutral"):
        assert told(found, "wording_noise", f"{kind} @ no message")["value"] == pytest.approx(0)


def test_one_epoch_tells_nothing_of_mere_paraphrase() -> None:
    """Without two replies to the same words, what chance does is not known."""
    once = worded(lambda kind, framing, p: "-" if p == "2" else "+", 1)
    row = told(estimates(turns(once)), "wording_noise", "conflict @ no message")
    assert (row["value"], row["stems"], row["trials"]) == (None, 0, 0)
    row = told(estimates(turns([*once, *once[:2]])), "wording_noise", "conflict @ no message")
    assert row["value"] is None, "of one paraphrase in each order alone"


def test_the_order_of_options_is_no_paraphrase() -> None:
    answers = [(*a[:6], "+" if a[5] == "first" else "-") for a in worded(lambda kind, framing, p: "+", 2)]
    assert told(estimates(turns(answers)), "wording_noise", "conflict @ no message")["value"] == pytest.approx(0)


def test_evidence_gives_the_same_values_as_the_estimates() -> None:
    frame = turns(played(lambda kind, message, framing, stem: 0.4 + 0.05 * (stem % 3), stems=4, each=6))
    found, rests = estimates(frame), evidence(frame).with_columns(model=pl.lit("m"))
    facets = rests.select("metric", "facet").unique()
    assert set(facets["metric"]) == {"respect_for_persons", "fair_shares", "declines", "compares"}
    assert facets.height == 4 * (2 + 1 + 2)
    for metric, facet in facets.iter_rows():
        assert cells(rests, metric, facet).values()[0] == pytest.approx(told(found, metric, facet)["value"])


def test_a_model_that_answers_nothing_has_outcomes_alone() -> None:
    found = estimates(turns([("s", kind, "none", framing, "1", "first", None) for kind in KINDS for framing in ("person", "resource")]))
    assert told(found, "outcome", "refused")["value"] == 1
    assert found.filter(pl.col("metric") != "outcome")["value"].null_count() == found.height - 4
    assert evidence(turns([("s", "conflict", "none", "person", "1", "first", None)])).is_empty()
