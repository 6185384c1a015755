"""Whose models they are, and whether models of one family differ from those of another."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from engine.metrics.compare import holm
from engine.metrics.resampling import GroupTest, groups_differ

MAKERS = {
    "claude": "anthropic", "gpt": "openai", "o1": "openai", "o3": "openai", "o4": "openai", "chatgpt": "openai", "gemini": "google",
    "gemma": "google", "grok": "xai", "deepseek": "deepseek", "llama": "meta", "mistral": "mistral", "qwen": "qwen", "command": "cohere",
    "phi": "microsoft",
}
"""Who makes the models whose names begin so: imported logs name models without a provider."""


def provider(name: str) -> str:
    """Who serves a model: the beginning of its LiteLLM model string; of a name without one, who makes models of that name; else `other`."""
    begins, slash, _ = name.partition("/")
    if slash:
        return begins
    return next((maker for word, maker in MAKERS.items() if re.match(rf"{word}(?![a-z])", begins.lower())), "other")


@dataclass(frozen=True, eq=False)
class Apart:
    """Whether families differ in one metric and facet, with models as the units."""

    metric: str
    facet: str
    test: GroupTest
    adjusted: float | None
    """p after Holm's correction over all metrics looked at."""
    means: Mapping[str, tuple[float, int]]
    """Of each family the mean over its models, and how many there are."""


def families_apart(estimates: pl.DataFrame, wanted: Sequence[tuple[str, str]]) -> list[Apart]:
    """The test of each metric and facet wanted, over the models in `estimates` (columns model, metric, facet, value)."""
    found: list[tuple[str, str, GroupTest, dict[str, tuple[float, int]]]] = []
    for metric, facet in wanted:
        rows = estimates.filter((pl.col("metric") == metric) & (pl.col("facet") == facet)).drop_nulls("value").sort("model")
        of = [provider(name) for name in rows["model"].to_list()]
        values = rows["value"].to_numpy()
        families = sorted(set(of))
        means = {name: (float(np.mean([v for v, own in zip(values, of, strict=True) if own == name])), of.count(name)) for name in families}
        found.append((metric, facet, groups_differ(values, of), means))
    known = [test.p for *_, test, _ in found if test.p is not None]
    adjusted = iter(holm(known) if known else [])
    return [Apart(metric, facet, test, next(adjusted) if test.p is not None else None, means) for metric, facet, test, means in found]
