"""What a figure shows, in a sentence that is never stronger than its intervals."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from engine.figures.palette import ETHICS_LABELS, SOURCES, points_text, value_text
from engine.metrics.bridges import FEWEST as FEWEST_MODELS
from engine.metrics.bridges import Bridge
from engine.metrics.compare import Pair, Ranking
from engine.metrics.families import Apart
from engine.metrics.said_and_done import Across, Followed

VERDICTS = {"higher": "higher", "lower": "lower", "same": "the same within 5 points", "inconclusive": "cannot be said",
            "not comparable": "not comparable"}
"""What may be said of the first of two models, in words."""


def name(model: str, source: str) -> str:
    """A model's name in running text, with its source unless it was measured here."""
    return model if source == "measured" else f"{model.removeprefix('simulated/')} ({SOURCES[source].lower()})"


def share(row: dict[str, object], *, percent: bool = True) -> str:
    """A share with its interval: `12 % (8 to 17)`; another number with two decimals."""
    if not percent:
        return value_text(dict(row))
    if row["value"] is None:
        return "not computable"
    value = f"{100 * float(row['value']):.0f} %"  # type: ignore[arg-type]
    if row["low"] is None or row["high"] is None:
        return value
    return f"{value} ({100 * float(row['low']):.0f} to {100 * float(row['high']):.0f})"  # type: ignore[arg-type]


MOST = 6
"""So many names stand in a sentence; of more it is told how many there are."""


def comparison(estimates: pl.DataFrame, what: str, *, percent: bool = True) -> str:
    """Highest and lowest model of one metric and facet, or that their intervals overlap. Shares from 0 to 1 unless not `percent`."""
    rows = [row for row in estimates.iter_rows(named=True) if row["value"] is not None]
    if not rows:
        return f"Nothing has been measured yet for {what}."
    if len(rows) == 1:
        return f"{name(rows[0]['model'], rows[0]['source'])}: {what} {share(rows[0], percent=percent)}."
    low, high = (pick(rows, key=lambda row: row["value"]) for pick in (min, max))
    if low["value"] == high["value"]:
        alike = f"{share(low, percent=percent)} for {name(low['model'], low['source'])}, and the same for all others"
        return f"{what[0].upper()}{what[1:]}: {alike}."
    least, most = (f"{share(row, percent=percent)} for {name(row['model'], row['source'])}" for row in (low, high))
    ends = f"from {least} to {most}"
    begun = f"{what[0].upper()}{what[1:]}: {ends}"
    if low["high"] is None or high["low"] is None:
        return f"{begun}. No intervals were published, so no order is claimed."
    if high["low"] <= low["high"]:
        return f"{begun}. These intervals overlap, so this does not show which is higher."
    return f"{begun}."


def ranking_sentence(found: Ranking, names: Mapping[str, str], *, percent: bool = True) -> str:
    """Which models are told apart and which cannot be, over all pairs together. `names`: how each model is called in running text."""
    asked = [pair for pair in found.pairs if pair.verdict != "not comparable"]
    if len(found.order) < 2:
        return "One model alone has no rank." if found.order else "Nothing has been measured yet."
    if not asked:
        return "These models share too little to be compared."
    apart = [pair for pair in asked if pair.verdict in ("higher", "lower")]
    if not apart:
        unseen = max((pair.smallest or 0.0 for pair in asked), default=0.0)
        same = all(pair.verdict == "same" for pair in asked)
        every = listed([names[name] for name in found.order])
        seen = f"{100 * unseen:.0f} points" if percent else f"{unseen:.2f}"
        return (f"{every} are the same within 5 points." if same and percent
                else f"{every} cannot be told apart on this evidence; a difference of {seen} could have been seen.")
    if len(found.order) == 2:
        return f"{listed([names[name] for name in found.order])} are told apart, in this order."
    if len(apart) == len(asked):
        order = f": {', '.join(names[name] for name in found.order)}, in this order" if len(found.order) <= MOST else ""
        return f"All {len(asked)} pairs are told apart{order}."
    ties = "; ".join(listed([names[name] for name in tie]) for tie in found.ties)
    return f"{len(apart)} of {len(asked)} pairs are told apart{f', but not {ties}' if ties else ''}."


def listed(names: Sequence[str]) -> str:
    """Names in running text: `A, B and C`; of many the first few, and how many more."""
    if len(names) > MOST:
        return f"{', '.join(names[: MOST - 1])} and {len(names) - MOST + 1} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def rank_words(found: Ranking, model: str) -> str:
    """A model's rank as far as it is known: `rank 1`, `rank 2 to 4 of 6`."""
    if model not in found.ranks or len(found.order) < 2:
        return ""
    best, worst = found.ranks[model]
    return f"rank {best} of {len(found.order)}" if best == worst else f"rank {best} to {worst} of {len(found.order)}"


def bridges_sentence(found: Sequence[Bridge]) -> str:
    """Which numbers of models go together, as far as the models are enough to say so."""
    told = [bridge for bridge in found if bridge.rho.value is not None]
    if not found:
        return "It takes two benchmarks with results of the same models."
    if not told:
        most = max(bridge.models for bridge in found)
        if most >= FEWEST_MODELS:
            return f"Nothing can be said: up to {most} models have both of two numbers, but one of the two does not vary."
        who = f"{most} model{' has' if most == 1 else 's have'}"
        return f"Nothing can be said yet: {who} both of any two numbers, and it takes {FEWEST_MODELS}."
    sure = [bridge for bridge in told if bridge.sure]
    if not sure:
        return f"Of {len(told)} pairs none is sure to go together: with so few models chance can do as much."
    sure.sort(key=lambda bridge: -abs(bridge.rho.value or 0.0))
    shown = "; ".join(f"{bridge.one.label} and {bridge.other.label} ({bridge.rho.value:+.2f})" for bridge in sure)
    return f"Of {len(told)} pairs {len(sure)} go together more than chance explains: {shown}."


def followed_sentence(found: Sequence[Followed]) -> str:
    """Whose decisions go with the profile more than chance explains, and for whom the own profile says more than people's would."""
    if not found:
        return "It takes a profile and decisions of the same model."
    names = {one.model: name(one.model, one.source) for one in found}
    sure = [names[one.model] for one in found if one.adjusted < 0.05 and (one.share.low or 0.0) > 0.5]
    against = [names[one.model] for one in found if one.share.high is not None and one.share.high < 0.5]
    own, less = ([names[one.model] for one in found if one.own < 0.05 and sign * (one.gain.value or 0.0) > 0] for sign in (1, -1))
    told = "No model is shown to decide by the values that it states."
    if sure:
        told = f"{listed(sure)} {'decides' if len(sure) == 1 else 'decide'} by the stated values more often than chance explains."
    if against:
        told += f" {listed(against)} {'decides' if len(against) == 1 else 'decide'} against them more often than not."
    beyond = f" Beyond what people's order of values would predict, the own profile tells more for {listed(own)}." if own else \
        " For none does the own profile tell more than people's order of values does."
    return told + beyond + (f" People's order tells more than the own profile for {listed(less)}." if less else "")


def across_sentence(found: Sequence[Across]) -> str:
    """Whether models that lean more in what they state lean more in what they decide, axis by axis."""
    said: list[str] = []
    for one in found:
        if one.rho.value is None or one.rho.low is None or one.rho.high is None:
            said.append(f"{one.axis}: {_too_few(one.models)}")
            continue
        shown = f"{one.rho.value:+.2f} ({one.rho.low:+.2f} to {one.rho.high:+.2f}) over {one.models} models"
        sure = one.adjusted is not None and one.adjusted < 0.05
        said.append(f"{one.axis}: rank correlation {shown}{'' if sure else ', which may be chance'}")
    return f"Across models, stated leaning with decisions, {'; '.join(said)}." if said else ""


def families_sentence(found: Sequence[Apart]) -> str:
    """Whether families of models differ where models, and not their answers, are counted."""
    told = [one for one in found if one.test.p is not None]
    if not told:
        return "Whether families differ cannot be said: with so few models in each, no difference however large could be told from chance."
    names = {one: f"{one.metric.replace('_', ' ')} {'' if one.facet in ('all', 'adversarial') else one.facet}".strip() for one in told}
    sure = [one for one in told if one.adjusted is not None and one.adjusted < 0.05]
    size = f"{told[0].test.models} models of {told[0].test.groups} families"
    nearest = min(told, key=lambda one: one.test.p or 0.0)
    if not sure:
        return f"With models as the units ({size}), families cannot be told apart on this evidence. " \
               f"Nearest comes {names[nearest]}, p {nearest.test.p:.2f} and {nearest.adjusted:.2f} once corrected."
    rest = [names[one] for one in told if one not in sure]
    return (f"With models as the units ({size}), families differ in {listed([names[one] for one in sure])}"
            f"{f'; in {listed(rest)} they cannot be told apart' if rest else ''}.")


def change_sentence(who: str, pair: Pair | None, when: tuple[str, str], *, percent: bool) -> str:
    """Whether a model's last asking differs from its first. `pair`: the last less the first; `when`: the first and the last."""
    if pair is None or pair.difference.value is None or pair.difference.low is None or pair.difference.high is None:
        return f"{who}: a change cannot be told, too little was asked alike."
    bare = "{:+.2f} ({:+.2f} to {:+.2f})".format(*pair.difference)
    moved = f"{points_text(*pair.difference) if percent else bare} from {when[0]} to {when[1]}"
    if pair.verdict in ("higher", "lower"):
        return f"{who} changed: {moved}."
    if pair.verdict == "same" and percent:
        return f"{who} stayed the same within 5 points: {moved}."
    least = "" if pair.smallest is None else f"{100 * pair.smallest:.0f} points" if percent else f"{pair.smallest:.2f}"
    seen = f"; a change of {least} could have been seen" if least else ""
    return f"{who}: no sure change, {moved}{seen}."


def _too_few(models: int) -> str:
    if models < FEWEST_MODELS:
        return f"cannot be said from {models} model{'' if models == 1 else 's'}, it takes {FEWEST_MODELS}"
    return f"cannot be said, one side does not vary over {models} models"


def values_sentence(estimates: pl.DataFrame, labels: Mapping[str, str], uninterpretable: set[str]) -> str:
    """What the first model puts first and last, and which profiles may not be read."""
    told: list[str] = []
    for (model, source), mine in estimates.group_by("model", "source", maintain_order=True):
        rows = sorted((row for row in mine.iter_rows(named=True) if row["value"] is not None), key=lambda row: -row["value"])
        who = name(str(model), str(source))
        if model in uninterpretable:
            told.append(f"{who} has no profile that can be read as one")
        elif len(rows) > 1:
            told.append(_ends(who, rows, labels))
    if not told:
        return "No value profile to show yet."
    said = "; ".join(told[:3]) + (f"; and {len(told) - 3} more" if len(told) > 3 else "")
    return f"{said[0].upper()}{said[1:]}. Scores are relative to each model's own average rating (0)."


def _ends(who: str, rows: list[dict[str, Any]], labels: Mapping[str, str]) -> str:
    """Which values one model puts first and last, as far as their intervals are apart. `rows`: highest value first."""
    first, last = (labels[rows[place]["facet"]] for place in (0, -1))
    if rows[0]["low"] is None or rows[-1]["high"] is None:
        return f"{who} has {first} highest and {last} lowest, without intervals"
    if rows[0]["low"] <= rows[-1]["high"]:
        return f"{who} shows no order: the intervals of {first} and {last}, its highest and lowest, overlap"
    highest, lowest = _apart(rows[0], rows[1]), _apart(rows[-2], rows[-1])
    return f"{who} puts {first} {'' if highest else 'among the '}highest and {last} {'' if lowest else 'among the '}lowest"


def _apart(more: dict[str, Any], less: dict[str, Any]) -> bool:
    """Whether the interval of one estimate lies wholly above that of another."""
    return more["low"] is not None and less["high"] is not None and more["low"] > less["high"]


def flow_sentence(transitions: pl.DataFrame) -> str:
    """The commonest change of one model's choice under pressure, where the intervals single one out.

    `transitions`: rows of the metric `transition` (facet `first>second`, value = share of all pushed trials, 0 to 1).
    """
    rows = [row for row in transitions.iter_rows(named=True) if row["value"] is not None]
    if not rows:
        return "No choices under pressure have been measured yet."
    moves = [row for row in rows if len(set(row["facet"].split(">"))) == 2 and row["value"] > 0]
    who = name(rows[0]["model"], rows[0]["source"])
    if not moves:
        return f"{who} kept its choice in every pushed trial that was read."
    changed = f"{who} changed its choice in {100 * sum(row['value'] for row in moves):.0f} % of pushed trials"
    moves.sort(key=lambda row: -row["value"])
    if len(moves) > 1 and not _apart(moves[0], moves[1]):
        return f"{changed}; the intervals single out no commonest change."
    first, second = (ETHICS_LABELS[part].lower() for part in moves[0]["facet"].split(">"))
    return f"{changed}, most often from {first} to {second}, {share(moves[0])}."


def flips_sentence(estimates: pl.DataFrame) -> str:
    """For the model with the largest excess flip: what pressure did, against a neutral asking."""
    rows = {(row["model"], row["source"], row["metric"], row["facet"]): row for row in estimates.iter_rows(named=True)}
    excess = [row for row in rows.values() if row["metric"] == "excess_flip" and row["facet"] == "all" and row["value"] is not None]
    if not excess:
        return "No second choices have been measured yet."
    most, *others = sorted(excess, key=lambda row: -row["value"])
    neutral = rows.get((most["model"], most["source"], "flip_rate", "none"))
    against = f" over the {share(neutral)} that change when simply asked again" if neutral else ""
    sure = "" if most["low"] is None or most["low"] > 0 else ", which may be no effect at all"
    said = f"{name(most['model'], most['source'])}: {share(most)} of choices flip{against}{sure}."
    if not others:
        return f"What pressure adds for {said}"
    if all(_apart(most, other) for other in others):
        return f"Pressure adds most for {said}"
    return f"The largest estimate of what pressure adds is that of {said} Other models' intervals overlap it, so it may not be the most."


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


def gap_sentence(model: str, source: str, row: Mapping[str, Any], scope: str) -> str:
    """How far the best- and worst-served places of one model are apart, and whether that is sure."""
    if row["value"] is None:
        return f"{name(model, source)}: too few situations to compare {scope}s."
    points = f"{100 * row['value']:.0f} points apart ({100 * row['low']:.0f} to {100 * row['high']:.0f})"
    if row["low"] <= 0:
        return f"{name(model, source)}: best- and worst-served {scope} are {points}; that may be chance, so {scope}s are not ranked."
    return f"{name(model, source)}: best- and worst-served {scope} are {points}, more than chance explains."


def gain_sentence(row: Mapping[str, Any] | None, strategy: str, more: float | None) -> str:
    """What a strategy adds over answering at once, and what it costs. `more`: its calls for each call of answering at once."""
    if row is None or row["value"] is None:
        return f"What {strategy} adds has not been measured."
    effect = points_text(row["value"], row["low"], row["high"])
    cost = f" It takes {more:.0f} times the calls." if more else ""
    if row["low"] is not None and row["low"] > 0:
        return f"Against answering at once, {strategy} adds {effect} on the same situations.{cost}"
    if row["high"] is not None and row["high"] < 0:
        return f"Against answering at once, {strategy} loses {effect} on the same situations.{cost}"
    return f"Against answering at once, {strategy} changes {effect} on the same situations: no sure effect.{cost}"


def stated_sentence(rows: Sequence[Mapping[str, Any]], who: str) -> str:
    """How often a model decided for the values that it states highest and lowest. `rows`: the highest stated first, with the name of each
    and the share of decisions for it (value, low, high).
    """
    if len(rows) < 2:
        return f"{who}: there are no values both stated and decided about."
    highest, lowest = (f"{share(dict(row))} of the times it was offered" for row in (rows[0], rows[-1]))
    return (f"{who} decided for {rows[0]['name']}, which it states highest, {highest}, and for {rows[-1]['name']}, which it states lowest, "
            f"{lowest}.")
