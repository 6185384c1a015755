"""Do a model's stated values predict what it decides: its questionnaire's profile against its own decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from engine.benchmark import Item
from engine.circle import BROAD
from engine.metrics.bridges import correlation, spearman
from engine.metrics.compare import FEWEST, holm
from engine.metrics.resampling import DRAWS, sign_flip
from engine.metrics.statistics import NOTHING, Interval, Numbers, clustered_share, paired_difference

Profile = Mapping[str, float]
"""The ten broad values of a model, or of people, centred."""
PLACES = {value: place for place, value in enumerate(BROAD)}


@dataclass(frozen=True)
class Followed:
    """How one model's decisions go with its profile."""

    model: str
    source: str
    share: Interval
    """Of its decisions, those for the value that its profile puts higher; intervals by vignette, given the profile."""
    p: float
    """The chance that a profile of the same shape, laid on the circle at random, goes with the decisions as closely (see `by_chance`)."""
    adjusted: float
    """The same after Holm's correction over all models."""
    people: Interval
    """The same share for the order of values that people have on average."""
    gain: Interval
    """What the own profile predicts beyond that of people, on the same vignettes."""
    own: float
    """The chance of a gain (or loss) as large if the signs of the vignettes' differences were drawn at random; Holm's over all models."""
    shown: float | None
    """Spearman's correlation, over the ten values, of stated priority with the share of decisions for the value where it was offered.
    Without an interval: ten values that lie on a circle and are set against each other are no sample of values.
    """
    trials: int
    vignettes: int


@dataclass(frozen=True)
class Laid:
    """One model's decisions on the vignettes that are known: one and other as places among the ten values, hits for `one`, size."""

    one: np.ndarray[tuple[int], np.dtype[np.intp]]
    other: np.ndarray[tuple[int], np.dtype[np.intp]]
    hits: Numbers
    size: Numbers

    def predicted(self, profiles: Numbers) -> Numbers:
        """How many decisions go with each profile, by vignette: (profiles, vignettes). Equal values predict half."""
        stated = profiles[..., self.one] - profiles[..., self.other]
        return np.where(stated > 0, self.hits, np.where(stated < 0, self.size - self.hits, self.size / 2))

    def closeness(self, profiles: Numbers) -> Numbers:
        """How closely stated differences go with decisions: the cosine between them and the shares' leanings from one half. Finer than
        counting what was predicted: a profile that hardly prefers a value says little about it.
        """
        stated = profiles[..., self.one] - profiles[..., self.other]
        leaning = self.hits / self.size - 0.5
        length = np.sqrt((stated**2).sum(axis=-1) * (leaning**2).sum())
        return (stated @ leaning) / np.where(length > 0, length, 1.0)


def laid(evidence: pl.DataFrame, model: str, items: Sequence[Item]) -> Laid:
    """The decisions of one model; `evidence` as `engine.lake.estimates.newest_evidence` gives it for the benchmark of decisions."""
    offered = {item.stem: (PLACES[item.content["first"]], PLACES[item.content["second"]]) for item in items}
    mine = evidence.filter((pl.col("model") == model) & (pl.col("metric") == "chosen") & pl.col("stem").is_in(list(offered)))
    mine = mine.sort("stem")
    pairs = np.array([offered[stem] for stem in mine["stem"]], dtype=np.intp).reshape(-1, 2)
    return Laid(pairs[:, 0], pairs[:, 1], mine["hits"].to_numpy(), mine["size"].to_numpy())


def followed(values: pl.DataFrame, decided: pl.DataFrame, evidence: pl.DataFrame, items: Sequence[Item], people: Profile) -> list[Followed]:
    """Every model that has both a profile and decisions, in the order of their names.

    `values` and `decided` are the newest estimates of the questionnaire and of the decisions, `people` the means of people.
    """
    found: list[Followed] = []
    sources = dict(decided.select("model", "source").unique().sort("model").iter_rows())
    for model, source in sorted(sources.items()):
        profile = profile_of(values, model)
        made = laid(evidence, model, items)
        if profile is None or len(made.hits) < FEWEST:
            continue
        own = made.predicted(profile)
        usual = made.predicted(np.array([people[value] for value in BROAD])) if set(BROAD) <= set(people) else None
        p = by_chance(made, profile)
        found.append(Followed(
            model, source, clustered_share(own, made.size), p, p,
            NOTHING if usual is None else clustered_share(usual, made.size),
            NOTHING if usual is None else paired_difference((own, made.size), (usual, made.size)),
            1.0 if usual is None else sign_flip((own - usual) / made.size) or 1.0,
            shown(profile, decided, model), int(made.size.sum()), len(made.hits),
        ))
    corrected = holm([one.p for one in found]), holm([one.own for one in found])
    return [replace(one, adjusted=p, own=own) for one, p, own in zip(found, *corrected, strict=True)]


def profile_of(values: pl.DataFrame, model: str) -> Numbers | None:
    """A model's ten broad values in the order of `BROAD`; `None` where one is missing, none differs, or the profile may not be read as
    one.
    """
    verdict = values.filter((pl.col("model") == model) & (pl.col("metric") == "interpretable") & (pl.col("facet") == "all"))
    if verdict["value"].to_list() == [0.0]:
        return None
    mine = values.filter((pl.col("model") == model) & (pl.col("metric") == "broad_value"))
    told = dict(mine.drop_nulls("value").select("facet", "value").iter_rows())
    profile = np.array([told.get(value, np.nan) for value in BROAD], dtype=float)
    return profile if np.isfinite(profile).all() and np.ptp(profile) > 0 else None


def by_chance(made: Laid, profile: Numbers, draws: int = DRAWS) -> float:
    """How often does a profile of the same shape, laid on the circle at random, go with the decisions as closely or more (one-sided).

    Neighbouring values go together in nearly every profile and in nearly every set of decisions, so dealing ten numbers to the values
    anyhow finds a connection in one of four pairs of circles that have none. Here the profile keeps how much it varies at each
    wavelength around the circle, and the phases are drawn (surrogate data; Theiler et al. 1992, doi 10.1016/0167-2789(92)90102-S).
    """
    spectrum, rng = np.fft.rfft(profile), np.random.default_rng(len(made.hits))
    phases = rng.uniform(0, 2 * np.pi, (draws, len(spectrum)))
    drawn = np.abs(spectrum) * np.exp(1j * phases)
    drawn[:, -1] = np.abs(spectrum[-1]) * np.sign(np.cos(phases[:, -1]))  # the shortest wavelength has a sign and no phase
    reached = made.closeness(np.fft.irfft(drawn, len(profile))) >= made.closeness(profile) - 1e-9
    return float((reached.sum() + 1) / (draws + 1))


def shown(profile: Numbers, decided: pl.DataFrame, model: str) -> float | None:
    """How the stated order of values agrees with the order shown in decisions (Spearman)."""
    mine = decided.filter((pl.col("model") == model) & (pl.col("metric") == "chosen_value"))
    told = dict(mine.drop_nulls("value").select("facet", "value").iter_rows())
    places = [place for value, place in PLACES.items() if value in told]
    return spearman(profile[places], np.array([told[value] for value in BROAD if value in told])).value


def stated_and_shown(values: pl.DataFrame, decided: pl.DataFrame, models: Sequence[str]) -> pl.DataFrame:
    """Both profiles of each model: model, facet (a broad value), stated (centred) with stated_low and stated_high, shown (a share) with
    shown_low and shown_high, trials.
    """
    stated = values.filter((pl.col("metric") == "broad_value") & pl.col("model").is_in(list(models)))
    made = decided.filter(pl.col("metric") == "chosen_value")
    ends = ("value", "low", "high")
    return stated.select("model", "facet", stated="value", stated_low="low", stated_high="high").join(
        made.select("model", "facet", "trials", **{f"shown{'' if end == 'value' else f'_{end}'}": end for end in ends}),
        on=["model", "facet"], how="inner", maintain_order="left",
    ).drop_nulls(["stated", "shown"])


@dataclass(frozen=True)
class Across:
    """One axis over all models: does the model whose profile leans more decide more that way."""

    axis: str
    rho: Interval
    models: int
    p: float | None
    adjusted: float | None


def across(values: pl.DataFrame, decided: pl.DataFrame, items: Sequence[Item]) -> list[Across]:
    """On each axis, Spearman's correlation over models of the stated difference (mean over the vignettes) with the share of decisions."""
    found: list[tuple[str, Interval, int, float | None]] = []
    made = decided.filter(pl.col("metric") == "chosen").drop_nulls("value")
    for axis in dict.fromkeys(item.content["axis"] for item in items):
        offered = [(PLACES[item.content["first"]], PLACES[item.content["second"]]) for item in items if item.content["axis"] == axis]
        pairs = np.array(offered, dtype=np.intp)
        told = [(profile_of(values, model), share) for model, share in
                made.filter(pl.col("facet") == axis).sort("model").select("model", "value").iter_rows()]
        both = [((profile[pairs[:, 0]] - profile[pairs[:, 1]]).mean(), share) for profile, share in told if profile is not None]
        rho, p = correlation(*(np.array([one[side] for one in both], dtype=float) for side in (0, 1)))
        found.append((axis, rho, len(both), p))
    known = [p for *_, p in found if p is not None]
    adjusted = iter(holm(known) if known else [])
    return [Across(*told, next(adjusted) if told[-1] is not None else None) for told in found]
