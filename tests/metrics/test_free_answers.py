"""Free answers as judges read them: known answers by hand, recovery of what was put into simulated models, agreement of judges."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from math import comb
from typing import Any

import polars as pl
import pytest

from engine.benchmarks import benchmark
from engine.grading import MATCHES, STATEMENTS, TRUTH, TYPE
from engine.lake.turns import SCHEMA, row
from engine.metrics import estimate
from engine.metrics.free_answers import agreement_with, as_read_by, judges_of
from engine.models import gateway, simulated
from engine.models.catalogue import Model
from engine.models.gateway import DirectGateway
from engine.models.simulated import OTHERS, Persona
from engine.runs.judging import FreeReply, judge_part
from engine.runs.plan import Part, Plan, posed
from engine.runs.player import Player, Setting
from engine.turns import Judged
from tests.runs.store import Listed

ONE = benchmark("regions")
SLIPS = {"pliable": 0.12, "contrarian": 0.08}


def judge_turns(trial: str, judge: str, said: Mapping[str, tuple[str | None, str]], *, unread: str = "") -> list[dict[str, Any]]:
    """`said`: choice and text by step; the step named in `unread` was not understood, and is the last."""
    return [
        {"trial": trial, "run": "r", "judge": judge, "step": step, "turn": place, "last": step == unread or step == list(said)[-1],
         "reading": "unread" if step == unread else "choice" if choice else "text", "choice": choice, "number": None, "text": text,
         "problem": None}
        for place, (step, (choice, text)) in enumerate(said.items())
    ]


def free(names: Mapping[str, str]) -> pl.DataFrame:
    """One answered trial an item, in the open form under `direct`; `names`: item by trial."""
    return pl.DataFrame([
        {"run": "r", "trial": trial, "source": "measured", "trial_item": item, "item": item, "stem": item, "epoch": 1, "turn": 0,
         "condition": '{"answer": "open", "strategy": "direct", "order": "1"}', "reading": "text", "choice": None, "number": None,
         "problem": None, "answered_at": None, "prompt_tokens": 10, "completion_tokens": 5, "step": "answer"}
        for trial, item in names.items()
    ], schema_overrides={"problem": pl.String, "choice": pl.String, "number": pl.Float64})


def told(found: pl.DataFrame, metric: str, facet: str) -> dict[str, Any]:
    return found.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).row(0, named=True)


def of(label: str, number: int = 0) -> str:
    return [item.id for item in ONE.items if item.content["label"] == label][number]


def test_type_coverage_faithfulness_and_factuality_by_hand() -> None:
    names = {"a": of("acceptable"), "b": of("not acceptable"), "c": of("no norm applies"), "d": of("acceptable", 1)}
    grades = pl.DataFrame([
        *judge_turns("a", "J", {TYPE: ("acceptable", ""), STATEMENTS: (None, "x\ny"), TRUTH: (None, "true, false"),
                                MATCHES: (None, "1, none")}),
        *judge_turns("b", "J", {TYPE: ("acceptable", ""), STATEMENTS: (None, "")}),
        *judge_turns("c", "J", {TYPE: ("no norm applies", ""), STATEMENTS: (None, "x"), TRUTH: (None, "unsure")}),
        *judge_turns("d", "J", {TYPE: ("acceptable", ""), STATEMENTS: (None, "?")}, unread=STATEMENTS),
    ], infer_schema_length=None)
    found = estimate(ONE, ONE.items, free(names), grades)
    score = told(found, "accuracy", "direct by J")
    assert (score["value"], score["trials"], score["dropped"]) == (pytest.approx(2 / 3), 3, 1)
    coverage = told(found, "coverage", "direct by J")
    assert (coverage["value"], coverage["trials"]) == (0.5, 2), "b states no norm; c has none on record"
    assert told(found, "faithfulness", "direct by J")["value"] == 0.5
    assert told(found, "factuality", "direct by J")["value"] == pytest.approx((0.5 + 0) / 2), "unsure is not true"
    assert told(found, "graded", "ungraded by J")["value"] == 0.25
    assert told(found, "judge_agreement", "type by J alone")["value"] is None
    assert told(found, "judge_agreement", "type by J alone")["method"] == "no second judge has read these answers"


def test_an_answer_nobody_has_read_is_told_from_an_ungraded_one() -> None:
    names = {"a": of("acceptable"), "b": of("not acceptable")}
    grades = pl.DataFrame(judge_turns("a", "J", {TYPE: ("acceptable", ""), STATEMENTS: (None, "")}), infer_schema_length=None)
    found = estimate(ONE, ONE.items, free(names), grades.with_columns(pl.col("text").fill_null("")))
    assert {end: told(found, "graded", f"{end} by J")["value"] for end in ("graded", "ungraded", "not read yet")} == {
        "graded": 0.5, "ungraded": 0.0, "not read yet": 0.5}


def test_a_judge_that_fails_at_the_end_leaves_the_answer_ungraded() -> None:
    grades = pl.DataFrame(judge_turns("a", "J", {TYPE: ("acceptable", ""), STATEMENTS: (None, "x"), TRUTH: (None, "true"),
                                                 MATCHES: (None, "")}), infer_schema_length=None)
    broken = grades.with_columns(problem=pl.when(pl.col("last")).then(pl.lit("timed_out")))
    found = estimate(ONE, ONE.items, free({"a": of("acceptable")}), broken)
    assert told(found, "graded", "ungraded by J")["value"] == 1
    assert found.filter(pl.col("metric") == "coverage").is_empty()


def test_a_judge_whose_name_ends_anothers_is_told_from_it() -> None:
    names = {"a": of("acceptable"), "b": of("not acceptable")}
    judges = ("x", "z by x", "p and q")
    grades = pl.DataFrame([
        turn for judge in judges for trial in names
        for turn in judge_turns(trial, judge, {TYPE: ("acceptable", ""), STATEMENTS: (None, "")})
    ], infer_schema_length=None)
    found = estimate(ONE, ONE.items, free(names), grades.with_columns(pl.col("text").fill_null("")))
    assert judges_of(found) == sorted(judges)
    counts = {judge: as_read_by(found, judge).height for judge in judges}
    assert len(set(counts.values())) == 1
    assert set(as_read_by(found, "x")["facet"]) == set(as_read_by(found, "z by x")["facet"])
    assert all(set(agreement_with(found, judge)) == set(judges) - {judge} for judge in judges)
    assert as_read_by(found, None)["metric"].unique().to_list() == ["outcome"]


def faultless(who: Persona) -> Persona:
    return who.model_copy(update={"slip": 0.0, "refuse": 0.0, "garble": 0.0})


def judged(who: str, judges: list[str], seed: int) -> pl.DataFrame:
    """Free answers of one simulated model, direct, read by others."""
    subject = Model(name=f"simulated/{who}", model=f"simulated/{who}")
    part, store = Part(subject, ONE, posed(ONE, ONE.items, {"answer": ["open"], "strategy": ["direct"]}), seed), Listed()
    part.want(lambda _: range(1, 2), ())
    player = Player(DirectGateway(), store, Setting("r", population=seed))
    asyncio.run(player.play(Plan([part])))
    answers = [turn for turn in store.kept if turn.reading and turn.reading.kind == "text"]
    items = {item.id: item for item in ONE.items}
    replies = [FreeReply(Judged(turn.trial.key, turn.run), items[turn.trial.item], turn.trial.condition, 1, turn.reply or "")
               for turn in answers]
    mine = pl.DataFrame([row(turn) for turn in store.kept], schema_overrides=SCHEMA).sort("trial", "turn")
    store.kept.clear()
    parts = [judge_part(Model(name=f"simulated/{judge}", model=f"simulated/{judge}"), ONE, replies, seed) for judge in judges]
    asyncio.run(Player(DirectGateway(), store, Setting("r", population=seed)).play(Plan(parts)))
    grades = pl.DataFrame([row(turn) for turn in store.kept], schema_overrides=SCHEMA).select(
        "step", "turn", "last", "reading", "choice", "number", "text", "problem", trial="judged", run="judged_run", judge="model")
    return estimate(ONE, ONE.items, mine, grades.sort("judge", "trial", "turn"))


def truth(who: Persona) -> dict[str, float]:
    """What the estimates aim at when the judge makes no mistake."""
    some = 1 - (1 - who.others) ** OTHERS
    chance = {n: comb(OTHERS, n) * who.others**n * (1 - who.others) ** (OTHERS - n) for n in range(OTHERS + 1)}
    faithful = sum(p / (1 + n) for n, p in chance.items())
    factual = sum(p * (1 + who.truthful * n) / (1 + n) for n, p in chance.items())
    known = [(who.knows(item.content["continent"], "direct"), item.content["label"]) for item in ONE.items]
    ruled = [k for k, label in known if label != "no norm applies"]
    free_of = len(known) - len(ruled)
    stating = sum(k + (1 - k) * some for k in ruled)
    return {
        "accuracy": sum(k + (1 - k) * who.guess[label] for k, label in known) / len(known),
        "coverage": sum(ruled) / len(ruled),
        "faithfulness": sum(k * faithful for k in ruled) / stating,
        "factuality": (sum(k * factual + (1 - k) * some * who.truthful for k in ruled) + free_of * some * who.truthful)
        / (stating + free_of * some),
    }


def test_what_a_faultless_judge_reads_covers_what_was_put_in(monkeypatch) -> None:
    known = simulated.persona
    monkeypatch.setattr(gateway, "persona", lambda name: faultless(known(name)))
    covered = defaultdict(list)
    for who in ("steady", "pliable"):
        true = truth(known(who))
        for seed in range(20):
            found = judged(who, ["random"], seed)
            for metric, value in true.items():
                one = told(found, metric, "direct by simulated/random")
                covered[metric].append(one["low"] <= value <= one["high"])
    for metric, hits in covered.items():
        assert 0.88 <= sum(hits) / len(hits) <= 1, f"{metric}: {sum(hits)} of {len(hits)}"
    every = [hit for hits in covered.values() for hit in hits]
    assert 0.90 <= sum(every) / len(every) <= 0.99, f"{sum(every)} of {len(every)}"


def test_two_judges_agree_as_often_as_their_slips_allow() -> None:
    a, b = (simulated.persona(name).slip for name in SLIPS)
    expected, hits = (1 - a) * (1 - b) + a * b / 3, 0
    for seed in range(12):
        one = told(judged("steady", list(SLIPS), seed), "judge_agreement", "type by simulated/contrarian and simulated/pliable")
        hits += one["low"] <= expected <= one["high"]
    assert hits >= 10
