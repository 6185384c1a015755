"""Models beside people: the band of persons, the profiles of countries, and how far a model lies from both."""

from collections.abc import Mapping

import numpy as np
import polars as pl
from scipy import stats

from engine.circle import BROAD
from engine.metrics.statistics import Numbers, Z, t_quantile

FEWEST = 6
"""Respondents from which on a distance is told: with fewer, nobody knows how much of it is noise."""
DISTANCE = ("root mean squared gap to people's means over ten values, in person SD, less what measurement error adds; "
            "normal interval on its square")


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


def distance(estimates: pl.DataFrame, references: pl.DataFrame) -> pl.DataFrame:
    """How far each model's ten broad values lie from people's mean as a whole, in person SD (columns as `estimates`, without run).

    The root of the mean squared gap g (see `gap`), less what the gaps' own errors e add to it on average: d² = mean(g² - e²). Its
    interval is normal on d², with Var(d²) = Σ(4 t e² + 2 e⁴) / 100 and t = max(0, g² - e²), taken over to d. A person drawn at random is
    about 1 away as questionnaires measure persons, with their error. Told only of profiles that may be read as one: equal answers lie near
    everyone and say nothing.
    """
    apart = gap(estimates, references)
    verdicts = estimates.filter((pl.col("metric") == "interpretable") & (pl.col("facet") == "all"))
    rows: list[Mapping[str, object]] = []
    for told in verdicts.iter_rows(named=True):
        mine = apart.filter(pl.col("model") == told["model"]).drop_nulls()
        own = estimates.filter((pl.col("model") == told["model"]) & (pl.col("metric") == "broad_value"))
        respondents = int(own["stems"].min() or 0)  # type: ignore[arg-type]
        why = ("the profile may not be read as one" if told["value"] != 1 or mine.height < len(BROAD)
               else f"{respondents} respondents, it takes {FEWEST}" if respondents < FEWEST else "")
        value, low, high = (None, None, None) if why else root_mean_square(mine["value"].to_numpy(), _errors(mine, respondents))
        method = f"not computable: {why}" if why else DISTANCE
        rows.append({name: told[name] for name in ("model", "source", "benchmark", "trials", "stems", "dropped")} | {
            "metric": "distance", "facet": "people", "value": value, "low": low, "high": high, "method": method})
    return pl.DataFrame(rows, schema={name: kind for name, kind in estimates.schema.items() if name != "run"})


def _errors(apart: pl.DataFrame, respondents: int) -> Numbers:
    """The standard error of each gap; its interval has t quantiles of the respondents, which for few are far from the normal's."""
    return (apart["high"] - apart["low"]).to_numpy() / (2 * t_quantile(respondents - 1))


def root_mean_square(gaps: Numbers, errors: Numbers) -> tuple[float, float, float]:
    """The root mean square of true gaps from measured ones and their standard errors, and its own ends (see `distance`)."""
    error2 = errors**2
    true2 = np.maximum(0.0, gaps**2 - error2)
    squared = float((gaps**2 - error2).mean())
    reach = Z * float(np.sqrt((4 * true2 * error2 + 2 * error2**2).sum())) / len(gaps)
    found, below, above = (max(0.0, squared + shift) ** 0.5 for shift in (0.0, -reach, reach))
    return found, below, above
