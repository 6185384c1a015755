import polars as pl
import pytest

from engine.metrics.families import families_apart, provider


@pytest.mark.parametrize(("name", "served_by"), [
    ("openai/gpt-4o", "openai"), ("azure/gpt-4o", "azure"), ("simulated/steady", "simulated"), ("claude-opus-4", "anthropic"),
    ("o3", "openai"), ("gpt5mini", "openai"), ("grok-4-fast-reasoning", "xai"), ("gemini-2.5-pro", "google"), ("phil", "other"),
    ("", "other"),
])
def test_the_provider_is_named_or_told_by_the_name(name: str, served_by: str) -> None:
    assert provider(name) == served_by


def told(values: dict[str, float], metric: str = "flip_rate", facet: str = "all") -> pl.DataFrame:
    return pl.DataFrame([{"model": model, "metric": metric, "facet": facet, "value": value} for model, value in values.items()])


def test_families_that_differ_in_every_model_are_told_apart() -> None:
    values = {f"claude-{n}": 0.01 * n for n in range(5)} | {f"gemini-{n}": 0.5 + 0.01 * n for n in range(5)}
    (found,) = families_apart(told(values), [("flip_rate", "all")])
    assert found.adjusted == found.test.p < 0.02
    assert found.means == {"anthropic": (pytest.approx(0.02), 5), "google": (pytest.approx(0.52), 5)}


def test_many_answers_do_not_make_up_for_few_models() -> None:
    """The published tests pool answers; with two models in each family no difference whatever can come below 5 %."""
    (found,) = families_apart(told({"claude-1": 0.0, "claude-2": 0.0, "gemini-1": 1.0, "gemini-2": 1.0}), [("flip_rate", "all")])
    assert found.test.p is None
    assert found.test.smallest == pytest.approx(1 / 3)


def test_p_values_are_corrected_over_all_that_is_looked_at() -> None:
    values = {f"claude-{n}": 0.1 * n for n in range(4)} | {f"gemini-{n}": 0.15 + 0.1 * n for n in range(4)}
    estimates = pl.concat([told(values), told(values, "weight", "virtue")])
    one, other = families_apart(estimates, [("flip_rate", "all"), ("weight", "virtue")])
    assert one.adjusted == min(1.0, 2 * one.test.p)
    assert other.adjusted == one.adjusted


def test_nothing_is_said_of_nothing() -> None:
    (found,) = families_apart(told({"claude-1": 0.5}), [("weight", "virtue")])
    assert found.test.p is None
    assert found.means == {}
