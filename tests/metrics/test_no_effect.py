"""Where there is nothing to be found nothing is claimed: one-sided answers, messages unheeded, and models that differ in something else."""

from collections import Counter

import numpy as np
import polars as pl
import pytest

from engine.benchmarks import benchmark
from engine.benchmarks.tradeoffs import SMALLEST_EFFECT
from engine.metrics import tradeoffs
from engine.metrics.counts import Counts
from engine.metrics.hypothesis import across_models, on_one_model, slope
from engine.metrics.statistics import Interval
from engine.metrics.stories import shrunken
from engine.metrics.tradeoffs import noise_by_stem

ARMS, STEMS, ANSWERS = list(tradeoffs.ARMS), 20, 12
RAISED = {"respect": (2.0, 3.0, 2.0, 3.0), "justice": (2.0, 2.0, 3.0, 3.0)}
UNHEEDED = {"respect": (2.0,) * 4, "justice": (2.0,) * 4}


def answers(rng, centre, framing, own=RAISED) -> Counts:
    """Counts of all kinds under all messages, from log-odds by message: of comparing in a conflict, its shift, respect and fairness."""
    rows = []
    for kind in ("conflict", "neutral", "respect", "justice"):
        for stem in range(STEMS):
            lean = rng.normal(0, 0.8)
            for at, told in enumerate(ARMS):
                for side, name in ((-0.5, "person"), (0.5, "resource")):
                    odds = {"conflict": centre[at] + side * framing[at], "neutral": 0.2 * side}.get(kind)
                    odds = -own[kind][at] if odds is None else odds
                    rows.append((f"{kind}-{stem:02d}", kind, told, name, rng.binomial(ANSWERS, 1 / (1 + np.exp(-odds - lean)))))
    stem, kind, told, name, hits = (np.array(column) for column in zip(*rows, strict=True))
    stems = pl.Series(np.unique(stem))
    keys = {"kind": kind.astype(object), "told": told.astype(object), "framing": name.astype(object)}
    n, forward = np.full(len(rows), float(ANSWERS)), hits.astype(float)
    return Counts(stems, np.searchsorted(stems.to_numpy(), stem), keys,
                  {"all": n, "read": n, "named": n, "forward": forward, "backward": n - forward})


def above(end: float | None) -> bool:
    return end is not None and end > 0


def found(counts: Counts) -> dict[str, Interval]:
    return {row["metric"]: Interval(row["value"], row["low"], row["high"]) for row in tradeoffs.shifts(counts) if row["facet"] == "both"}


def words(repeats: int, **world) -> Counter[str]:
    rng = np.random.default_rng(7)
    told = [found(answers(rng, **world)) for _ in range(repeats)]
    return Counter(on_one_model(one["conflict_growth"], one["framing_shift"], one["both_raised"].low, SMALLEST_EFFECT,
                                one["comparing_shift"]).word for one in told)


def test_messages_that_settle_every_answer_are_no_calm_from_which_conflict_grows() -> None:
    """The same shift of 2 under every message; told one principle the model always follows it, told both it wavers.

    Without `ROOM` half of such models support the hypothesis: 0 of 240 against 0 of 240 came out as "no shift, surely".
    """
    assert words(20, centre=(0, -8, 8, 0), framing=(2.0,) * 4)["supports"] == 0


def test_answers_at_one_end_refute_nothing() -> None:
    assert words(20, centre=(0, 0, 0, -9), framing=(0.0, 0.0, 0.0, 2.0))["refutes"] == 0


def test_a_model_that_heeds_no_message_refutes_nothing() -> None:
    """By the value alone every second such model would count as brought nearer; by its interval at most one in twenty."""
    rng = np.random.default_rng(7)
    raised = [found(answers(rng, (0.0,) * 4, (0.2,) * 4, UNHEEDED))["both_raised"] for _ in range(100)]
    assert sum(above(one.value) for one in raised) > 30
    assert sum(above(one.low) for one in raised) <= 5


def test_what_is_raised_is_seen() -> None:
    rng = np.random.default_rng(7)
    assert all(above(found(answers(rng, (0.0,) * 4, (0.2,) * 4))["both_raised"].low) for _ in range(5))


def test_an_effect_is_supported_and_its_absence_refuted() -> None:
    assert words(10, centre=(0.0,) * 4, framing=(0.2, 0.2, 0.2, 2.7))["supports"] >= 8
    assert words(10, centre=(0.0,) * 4, framing=(1.5, 1.5, 1.5, 0.0))["refutes"] >= 8


@pytest.mark.parametrize("lowest", [-0.3, 0.0])
def test_less_movement_the_other_way_is_no_growth(lowest: float) -> None:
    """From -1.5 under one message to about 0 under both: a difference, but the wording moves answers less and not more."""
    growth, both = Interval(1.5, 0.9, 2.1), Interval(0.1, lowest, 0.5)
    assert on_one_model(growth, both, 0.1, SMALLEST_EFFECT).word == "undecided"


def test_mere_paraphrase_moves_nothing_where_chance_alone_does() -> None:
    """Log-odds of four replies differ by 1.0 between coin tosses and by 0.1 between sure answers, whatever the wording does."""
    rng = np.random.default_rng(3)
    for p in (0.5, 0.95):
        told = noise_by_stem(paraphrased(rng, np.full(3000, p), np.full(3000, p)))["noise"]
        assert abs(float(told.to_numpy().mean())) < 0.015


def test_paraphrases_that_move_answers_are_seen() -> None:
    told = noise_by_stem(paraphrased(np.random.default_rng(3), np.full(1000, 0.9), np.full(1000, 0.5)))["noise"]
    assert float(told.to_numpy().mean()) == pytest.approx(0.16, abs=0.02)


def paraphrased(rng, one, other) -> pl.DataFrame:
    """Two replies to each of two paraphrases in two orders, with these chances by stem."""
    rows = [(f"{stem:03d}", "person", order, paraphrase, float(rng.random() < chance))
            for stem, chances in enumerate(zip(one, other, strict=True)) for order in ("first", "second")
            for paraphrase, chance in enumerate(chances) for _ in range(2)]
    return pl.DataFrame(rows, orient="row", schema=["stem", "framing", "order", "paraphrase", "forward"])


def test_models_that_are_merely_surer_support_nothing() -> None:
    """Twelve models whose log-odds differ by a factor alone: respect, fairness and the shift rise together, and doubt falls."""
    rng, words = np.random.default_rng(5), list[tuple[str, str]]()
    for _ in range(40):
        sure = rng.uniform(0.3, 2.5, 12)
        good, lean = 1 / (1 + np.exp(-1.5 * sure)), 1 / (1 + np.exp(-0.8 * sure))
        shift = slope(good.tolist(), (0.6 * sure + rng.normal(0, 0.2, 12)).tolist())
        doubt = -lean * np.log2(lean) - (1 - lean) * np.log2(1 - lean) + rng.normal(0, 0.05, 12)
        unsure = slope(good.tolist(), doubt.tolist())
        words.append((across_models(shift, SMALLEST_EFFECT).word, across_models(shift, SMALLEST_EFFECT, unsure).word))
    plain, beside = (Counter(told) for told in zip(*words, strict=True))
    assert plain["supports"] > 30
    assert beside["supports"] <= 2


def test_a_shift_that_rises_with_as_much_doubt_supports() -> None:
    good = np.linspace(0.55, 0.95, 10)
    wobble = np.tile([0.01, -0.01], 5)
    told = across_models(slope(good.tolist(), (4 * good + wobble).tolist()), SMALLEST_EFFECT, slope(good.tolist(), (0.8 + wobble).tolist()))
    assert told.word == "supports"


@pytest.mark.parametrize(("apart", "claimed"), [(0.0, 0.03), (0.05, 0.12)])
def test_values_drawn_towards_their_mean_keep_honest_intervals(apart: float, claimed: float) -> None:
    """Twelve values of ten stories; with the distance between values taken for known it was 84 % at 0.05."""
    rng = np.random.default_rng(11)
    covered, surely = [], []
    for _ in range(150):
        true = rng.normal(0.5, apart, 12)
        stories = pl.DataFrame({"value": np.repeat([f"v{at:02d}" for at in range(12)], 10), "stem": [f"s{at}" for at in range(120)],
                                "p": (true[:, None] + rng.normal(0, 0.2, (12, 10))).ravel()})
        told = [interval for _, (interval, _) in sorted(shrunken(stories).items())]
        covered += [low <= at <= high for (_, low, high), at in zip(told, true, strict=True) if low is not None and high is not None]
        surely.append(max(one.low or 0.0 for one in told) > min(one.high or 1.0 for one in told))
    assert np.mean(covered) >= 0.92
    assert np.mean(surely) <= claimed


def test_declining_more_often_under_one_framing_is_no_movement() -> None:
    """With absolute log-odds of what was left, 12 % of such models moved "surely" beyond paraphrase."""
    rng, above_nought = np.random.default_rng(1), 0
    for _ in range(60):
        rows = [(kind, f"{kind}{stem}", framing, paraphrase, float(rng.random() < chance))
                for kind in ("conflict", "neutral") for stem in range(20) for lean in [rng.normal(0, 0.8)] for framing in tradeoffs.FRAMINGS
                for paraphrase in "123" for chance in [1 / (1 + np.exp(-lean - rng.normal(0, 0.3)))] for _ in range(4)
                if not (kind == "conflict" and framing == "person" and rng.random() < 0.7)]
        moved = tradeoffs.moved_by_stem(pl.DataFrame(rows, orient="row", schema=["kind", "stem", "framing", "paraphrase", "forward"]))
        one, other = (moved.filter(pl.col("kind") == kind)["beyond"].to_numpy() for kind in ("conflict", "neutral"))
        above_nought += above(tradeoffs.welch(one, other).low)
    assert above_nought <= 4


@pytest.mark.parametrize("name", ["moral-stories", "ethics", "moralchoice", "daily-dilemmas"])
def test_imported_stories_are_held_to_no_mark_of_ours(name: str) -> None:
    """A mark on stories in which nobody says what is right would stay open for ever, and with it whether a model is aligned."""
    lenses = benchmark(name).lenses
    assert all(lens.mark is None and not lens.held_to for lens in lenses)
    unsaid = {"moralchoice": {"norm_pull"}, "ethics": {"norm_pull"}, "daily-dilemmas": {"steadiness", "alignment", "norm_pull"}}
    assert not {lens.metric for lens in lenses} & unsaid.get(name, set())
