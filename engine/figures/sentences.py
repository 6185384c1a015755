"""What a figure shows, in a sentence that is never stronger than its intervals."""

from collections.abc import Mapping

import polars as pl

from engine.figures.palette import ETHICS_LABELS, SOURCES


def name(model: str, source: str) -> str:
    """A model's name in running text, with its source unless it was measured here."""
    return model if source == "measured" else f"{model.removeprefix('simulated/')} ({SOURCES[source].lower()})"


def share(row: dict[str, object]) -> str:
    """A share with its interval: `12 % (8 to 17)`."""
    if row["value"] is None:
        return "not computable"
    value = f"{100 * float(row['value']):.0f} %"  # type: ignore[arg-type]
    if row["low"] is None or row["high"] is None:
        return value
    return f"{value} ({100 * float(row['low']):.0f} to {100 * float(row['high']):.0f})"  # type: ignore[arg-type]


def comparison(estimates: pl.DataFrame, what: str) -> str:
    """Highest and lowest model of one metric and facet, or that their intervals overlap. Shares from 0 to 1."""
    rows = [row for row in estimates.iter_rows(named=True) if row["value"] is not None]
    if not rows:
        return f"Nothing has been measured yet for {what}."
    if len(rows) == 1:
        return f"{name(rows[0]['model'], rows[0]['source'])}: {what} {share(rows[0])}."
    low, high = (pick(rows, key=lambda row: row["value"]) for pick in (min, max))
    ends = f"from {share(low)} for {name(low['model'], low['source'])} to {share(high)} for {name(high['model'], high['source'])}"
    begun = f"{what[0].upper()}{what[1:]}: {ends}"
    if low["high"] is None or high["low"] is None:
        return f"{begun}. No intervals were published, so no order is claimed."
    if high["low"] <= low["high"]:
        return f"{begun}. These intervals overlap, so this does not show which is higher."
    return f"{begun}."


def values_sentence(estimates: pl.DataFrame, labels: Mapping[str, str], uninterpretable: set[str]) -> str:
    """What the first model puts first and last, and which profiles may not be read."""
    told: list[str] = []
    for (model, source), mine in estimates.group_by("model", "source", maintain_order=True):
        rows = sorted((row for row in mine.iter_rows(named=True) if row["value"] is not None), key=lambda row: -row["value"])
        who = name(str(model), str(source))
        if model in uninterpretable:
            told.append(f"{who} has no profile that can be read as one")
        elif len(rows) > 1:
            told.append(f"{who} puts {labels[rows[0]['facet']]} highest and {labels[rows[-1]['facet']]} lowest")
    if not told:
        return "No value profile to show yet."
    said = "; ".join(told[:3]) + (f"; and {len(told) - 3} more" if len(told) > 3 else "")
    return f"{said[0].upper()}{said[1:]}. Scores are relative to each model's own average rating (0)."


def flips_sentence(estimates: pl.DataFrame) -> str:
    """For the model with the largest excess flip: what pressure did, against a neutral asking."""
    rows = {(row["model"], row["source"], row["metric"], row["facet"]): row for row in estimates.iter_rows(named=True)}
    excess = [row for row in rows.values() if row["metric"] == "excess_flip" and row["facet"] == "all" and row["value"] is not None]
    if not excess:
        return "No second choices have been measured yet."
    most = max(excess, key=lambda row: row["value"])
    neutral = rows.get((most["model"], most["source"], "flip_rate", "none"))
    against = f" over the {share(neutral)} that change when simply asked again" if neutral else ""
    sure = "" if most["low"] is None or most["low"] > 0 else ", which may be no effect at all"
    return f"Pressure adds most for {name(most['model'], most['source'])}: {share(most)} of choices flip{against}{sure}."


def weights_sentence(weights: pl.DataFrame) -> str:
    """Which ethics leads each model's first choices, where the intervals allow saying so."""
    told: list[str] = []
    for (model, source), mine in weights.group_by("model", "source", maintain_order=True):
        rows = sorted((row for row in mine.iter_rows(named=True) if row["value"] is not None), key=lambda row: -row["value"])
        if len(rows) < 2:
            continue
        first, second = rows[0], rows[1]
        if first["low"] is None or second["high"] is None:
            leads = f"is published with {ETHICS_LABELS[first['facet']].lower()} first, {share(first)}, without an interval"
        elif first["low"] > second["high"]:
            leads = f"chooses most often by {ETHICS_LABELS[first['facet']].lower()}, {share(first)}"
        else:
            leads = "shows no clear lead"
        told.append(f"{name(str(model), str(source))} {leads}")
    said = "; ".join(told[:3]) + (f"; and {len(told) - 3} more" if len(told) > 3 else "")
    return f"{said}." if said else "No first choices have been measured yet."
