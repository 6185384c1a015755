"""Models beside people: the band of persons, the profiles of countries, and how far a model lies from both."""

import numpy as np
import polars as pl
from scipy import stats

from engine.metrics.circle import BROAD
from engine.metrics.statistics import Numbers


def band(references: pl.DataFrame) -> pl.DataFrame:
    """Mean and person SD of the people sampled, by broad value: facet, value, sd, n, low, high."""
    people = references.filter((pl.col("kind") == "people") & (pl.col("metric") == "broad_value"))
    return people.select("facet", "value", "sd", "n", "low", "high")


def countries(references: pl.DataFrame) -> pl.DataFrame:
    """Profiles of countries: population, facet, value."""
    found = references.filter((pl.col("kind") == "country") & (pl.col("metric") == "broad_value"))
    return found.select("population", "facet", "value")


def _country_matrix(references: pl.DataFrame) -> Numbers:
    wide = countries(references).pivot("facet", index="population", values="value")
    return wide.select(list(BROAD)).to_numpy() if wide.height else np.empty((0, len(BROAD)))


def _spearman(profiles: Numbers, other: Numbers) -> Numbers:
    """Spearman's rank correlation of each row with one profile."""
    a = stats.rankdata(profiles, axis=1) - (len(other) + 1) / 2
    b = stats.rankdata(other) - (len(other) + 1) / 2
    return (a @ b) / np.sqrt((a**2).sum(axis=1) * (b @ b))


def likeness(estimates: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    """How a model's order of ten values agrees with people's, and how a single country's does.

    Columns: model, value (Spearman's rho with the mean of all countries), low, high (from 1,000 draws of the profile
    from its own intervals), country_low, country_median, country_high (rho of each country with that mean).
    A rho is only worth reading beside the countries' own spread: it is high for almost anyone.
    """
    matrix = _country_matrix(references)
    schema = dict.fromkeys(("value", "low", "high", "country_low", "country_median", "country_high"), pl.Float64)
    if not len(matrix):
        return pl.DataFrame(schema={"model": pl.String, **schema})
    everyone = matrix.mean(axis=0)
    single = _spearman(matrix, everyone)
    spread = {"country_low": single.min(), "country_median": np.median(single), "country_high": single.max()}
    rows: list[dict[str, object]] = []
    broad = estimates.filter(pl.col("metric") == "broad_value")
    for (model,), mine in broad.group_by("model", maintain_order=True):
        ordered = pl.DataFrame({"facet": list(BROAD)}).join(mine, on="facet", how="left", maintain_order="left")
        value = ordered["value"].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        if not np.isfinite(value).all() or np.ptp(value) == 0:
            continue
        half = ((ordered["high"] - ordered["low"]) / 2).fill_null(0.0).to_numpy()
        drawn = np.random.default_rng(31).normal(value, half / 1.96, size=(1000, len(value)))
        rho = _spearman(value[None, :], everyone)[0]
        low, high = np.quantile(_spearman(drawn, everyone), (0.025, 0.975))
        rows.append({"model": model, "value": rho, "low": min(low, rho), "high": max(high, rho), **spread})
    return pl.DataFrame(rows, schema={"model": pl.String, **schema})


def gap(estimates: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    """How far a model's broad values lie from the people's mean, in person SD: model, facet, value, low, high.

    (value - people's mean) / person SD. The interval carries the model's uncertainty and that of the people's mean.
    """
    joined = estimates.filter(pl.col("metric") == "broad_value").join(
        band(references).rename({"value": "mean", "low": "mean_low", "high": "mean_high"}), on="facet", how="inner"
    )
    half = (((pl.col("high") - pl.col("low")) / 2) ** 2 + ((pl.col("mean_high") - pl.col("mean_low")) / 2) ** 2).sqrt()
    centre = (pl.col("value") - pl.col("mean")) / pl.col("sd")
    return joined.select("model", "facet", value=centre, low=centre - half / pl.col("sd"), high=centre + half / pl.col("sd"))
