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
from engine.metrics.tradeoffs import ARMS, Shift, counts_of, estimates, evidence, jackknifed, least, net, shift_of, trials_of, welch

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


def shift_slowly(answers: list[Answer], kind: str, message: str = "none") -> float | None:
    sides = [[a for a in answers if a[1:4] == (kind, message, framing) and a[6] in ("+", "-")] for framing in ("resource", "person")]
    return odds(sides[0]) - odds(sides[1]) if all(sides) else None


def net_slowly(answers: list[Answer], message: str = "none") -> float | None:
    parts = [shift_slowly(answers, kind, message) for kind in ("conflict", "neutral")]
    return None if None in parts else parts[0] - parts[1]


def named(answers: list[Answer], kinds=("conflict", "neutral"), messages=("none",)) -> list[str]:
    return sorted({a[0] for a in answers if a[1] in kinds and a[2] in messages and a[3] != "no case" and a[6] in ("+", "-")})


def half_slowly(answers: list[Answer], number, kinds=("conflict", "neutral"), messages=("none",)) -> float | None:
    """The jackknife: the number anew without each stem in turn, kind by kind."""
    variance = 0.0
    for kind in kinds:
        stems = named(answers, (kind,), messages)
        left = [number([a for a in answers if a[0] != stem]) for stem in stems]
        if len(left) < 2:
            return None
        variance += (len(left) - 1) / len(left) * sum((value - fmean(left)) ** 2 for value in left)
    return float(stats.t.ppf(0.975, max(2, len(named(answers, kinds, messages)) - 2))) * sqrt(variance)


def varied(answers: list[Answer], kinds=("conflict", "neutral"), messages=("none",)) -> bool:
    """Whether it matters, in each kind and under each message, which stem is left out; else the interval is another (tested below)."""
    left = [[shift_slowly([a for a in answers if a[0] != stem], kind, message) for stem in named(answers, (kind,), (message,))]
            for kind in kinds for message in messages]
    return all(max(each) - min(each) > 1e-6 for each in left)


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
        for (metric, facet), value in expected.items():
            assert told(found, metric, facet)["value"] == (None if value is None else pytest.approx(value, abs=1e-9)), (metric, facet)
    one = [(a[6] == "+") == (a[5] == "first") for a in answers if a[6] in ("+", "-")]
    assert told(found, "position_effect", "first")["value"] == (pytest.approx(fmean(one)) if one else None)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 9))
def test_the_jackknife_is_leaving_out_one_stem_after_the_other(seed: int, stems: int, each: int) -> None:
    rng = Random(f"another than the players' {seed}")
    answers = played(lambda *_: rng.random(), stems=stems, each=each, seed=seed, messages=("none", "respect", "shares", "both"))
    found = estimates(turns(answers))
    row, half = told(found, "framing_shift"), half_slowly(answers, net_slowly)
    assert row["value"] == pytest.approx(net_slowly(answers))
    if varied(answers):
        assert (row["low"], row["high"]) == pytest.approx((row["value"] - half, row["value"] + half))
    clash, alone = told(found, "kind_shift", "conflict @ no message"), half_slowly(
        answers, lambda some: shift_slowly(some, "conflict"), ("conflict",))
    assert clash["stems"] == stems
    if stems < 3:
        assert clash["low"] is None, "two stems tell nothing of stems"
    elif varied(answers, ("conflict",)):
        assert clash["high"] - clash["value"] == pytest.approx(alone)
    ends = []
    for message in ("respect", "shares"):
        def grown(some: list[Answer], other: str = message) -> float:
            return net_slowly(some, "both") - net_slowly(some, other)

        ends.append((grown(answers), half_slowly(answers, grown, messages=("both", "respect", "shares"))))
    growth = told(found, "conflict_growth", "both")
    assert growth["value"] == pytest.approx(min(value for value, _ in ends))
    if varied(answers, messages=("both", "respect", "shares")):
        assert growth["low"] == pytest.approx(min(value - half for value, half in ends))
        assert growth["high"] == pytest.approx(min(value + half for value, half in ends))


def moved_slowly(answers: list[Answer], kind: str) -> list[tuple[float, float]]:
    """For each stem the mean absolute difference between framings, and that between paraphrases."""
    of = defaultdict[str, dict[tuple[str, str], list[Answer]]](dict)
    for a in answers:
        if a[1] == kind and a[2] == "none" and a[3] != "no case" and a[6] in ("+", "-"):
            of[a[0]].setdefault((a[3], a[4]), []).append(a)
    found = []
    for parts in of.values():
        value = {key: odds(some) for key, some in parts.items()}
        across = [abs(value["person", p] - value["resource", p]) for p in WORDINGS if {("person", p), ("resource", p)} <= set(value)]
        within = [abs(value[f, p] - value[f, q]) for f in ("person", "resource") for p, q in combinations(WORDINGS, 2)
                  if {(f, p), (f, q)} <= set(value)]
        if across and within:
            found.append((fmean(across), fmean(within)))
    return found


@settings(max_examples=30, deadline=None)
@given(CASES)
def test_movement_beyond_paraphrase_is_as_reckoned_slowly(answers: list[Answer]) -> None:
    found = estimates(turns(answers))
    moved = {kind: moved_slowly(answers, kind) for kind in ("conflict", "neutral")}
    for kind, some in moved.items():
        row = told(found, "wording_noise", f"{kind} @ no message")
        assert row["value"] == (pytest.approx(fmean(noise for _, noise in some)) if some else None)
        assert row["stems"] == len(some)
    row = told(found, "beyond_paraphrase")
    if all(moved.values()):
        one, other = ([a - b for a, b in moved[kind]] for kind in ("conflict", "neutral"))
        assert row["value"] == pytest.approx(fmean(one) - fmean(other), abs=1e-9)
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


def pooled(answers: list[Answer], kind: str = "conflict") -> Shift | None:
    return shift_of(counts_of(trials_of(turns(answers))).at("kind", kind))


@pytest.mark.parametrize(("forward", "backward"), [(3, 3), (6, 0), (0, 6), (5, 1)])
def test_equal_counts_are_exactly_no_effect(forward: int, backward: int) -> None:
    answers = [a for n in range(5) for framing in ("person", "resource") for a in
               cell(f"s{n}", "conflict", forward, backward, framing=framing)]
    found = pooled(answers)
    assert found.value == 0.0
    assert net(counts_of(trials_of(turns([*answers, *[(f"n{a[0]}", "neutral", *a[2:]) for a in answers]])))).value == 0.0


@pytest.mark.parametrize(("person", "resource", "sign"), [((1, 5), (5, 1), 1), ((5, 1), (1, 5), -1), ((0, 6), (6, 0), 1)])
def test_above_none_the_resource_like_words_pull_towards_comparing(person, resource, sign: int) -> None:
    answers = [a for n in range(4) for framing, counts in (("person", person), ("resource", resource)) for a in
               cell(f"s{n}", "conflict", *counts, framing=framing)]
    assert sign * pooled(answers).value > 1


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


def test_one_stem_has_a_shift_and_no_interval() -> None:
    found = pooled([*cell("s", "conflict", 1, 3), *cell("s", "conflict", 3, 1, framing="resource")])
    assert found.value == pytest.approx(2 * log(3.5 / 1.5))
    assert jackknifed(found, clusters=1) == (found.value, None, None)
    assert jackknifed(found, clusters=9) == (found.value, None, None), "its pull is not known"


@pytest.mark.parametrize(("forward", "backward"), [(0, 12), (12, 0)])
def test_always_the_same_answer_is_no_certainty(forward: int, backward: int) -> None:
    """The interval is the one that a single differing answer would have given, so none turns one answer into a verdict."""
    same = [a for n in range(20) for framing in ("person", "resource") for a in
            cell(f"s{n:02d}", "conflict", forward, backward, framing=framing)]
    one = [*same]
    one[0] = (*one[0][:6], "-" if forward else "+")
    sure, nearly = (jackknifed(pooled(some), clusters=20) for some in (same, one))
    assert sure.value == 0
    assert sure.high - sure.low == pytest.approx(nearly.high - nearly.low)
    assert sure.high > 1
    everywhere = [(f"{kind}{a[0]}", kind, message, *a[3:]) for a in same for kind in ("conflict", "neutral") for message in ARMS]
    found = estimates(turns(everywhere))
    for metric, facet in (("framing_shift", "both"), ("conflict_growth", "both")):
        row = told(found, metric, facet)
        assert row["value"] == 0
        assert row["high"] > 1, metric


def test_stems_that_each_keep_to_their_answer_are_nearly_a_certainty() -> None:
    answers = [a for n in range(20) for framing in ("person", "resource") for a in
               cell(f"s{n:02d}", "conflict", *((12, 0) if n % 2 else (0, 12)), framing=framing)]
    found = jackknifed(pooled(answers), clusters=20)
    assert found.value == 0
    assert 0 < found.high < 0.1


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
    assert pooled([*answers, *declined, *refused]).value == pooled(answers).value
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


@pytest.mark.parametrize(("ways", "expected"), [
    (["+"] * 6, 0.0), (["+", "-"] * 3, 1 + 1 / (12 * log(2))), (["+", "-", "decline"] * 40, log2(3)), (["+", "-", "decline"], log2(3)),
    (["+"] * 4 + ["decline"] * 2, -(4 * log2(4 / 6) + 2 * log2(2 / 6)) / 6 + 1 / (12 * log(2))),
])
def test_doubt_is_the_entropy_of_three_answers(ways: list[str], expected: float) -> None:
    answers: list[Answer] = [(f"s{n}", "conflict", "none", "person", "1", "first", way) for n in range(3) for way in ways]
    row = told(estimates(turns(answers)), "doubt")
    assert row["value"] == pytest.approx(expected)
    assert 0 <= row["low"] <= row["value"] <= row["high"] + 1e-9 <= log2(3) + 1e-8


def test_doubt_is_within_framings_and_not_between_them() -> None:
    answers = [a for n in range(3) for a in [*cell(f"s{n}", "conflict", 6, 0), *cell(f"s{n}", "conflict", 0, 6, framing="resource")]]
    assert told(estimates(turns(answers)), "doubt")["value"] == 0


def test_what_paraphrases_move_is_not_beyond_paraphrase() -> None:
    answers: list[Answer] = []
    for kind in ("conflict", "neutral"):
        for n in range(4):
            for framing in ("person", "resource"):
                for p, way in zip(WORDINGS, "+-+", strict=True):
                    answers += [(f"{kind}{n}", kind, "none", framing, p, order, way) for order in ORDERS]
    found = estimates(turns(answers))
    assert told(found, "wording_noise", "neutral @ no message")["value"] == pytest.approx(2 / 3 * 2 * log(5))
    row = told(found, "beyond_paraphrase")
    assert row["value"] == pytest.approx(0)
    assert told(found, "framing_shift")["value"] == 0


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
