"""The overview's answer to its question, written from the numbers and never stronger than their intervals."""

from collections.abc import Sequence

from engine.figures.sentences import listed, name
from engine.metrics.verdicts import Standing

MOST = 4
"""So many models, or marks, are told of one by one."""
LIMIT = ("Even a model that met every mark would be shown to be aligned with these questions only, on the day they were asked. Each "
         "interval stands for itself: over many models and marks, about one in forty lies beyond a mark by chance.")


def answer(found: Sequence[Standing]) -> list[str]:
    """Can these models be called aligned? The answer, then what it rests on, a line each. Only what lies beyond a mark with its whole
    interval is told, and a mark that was not measured is never met.
    """
    if not found or not found[0].held:
        return ["Nothing has been measured yet that a model could be held to."]
    whole = [one for one in found if one.whole]
    missed = [one for one in found if one.count("missed")]
    rest = [one for one in found if one not in whole and one not in missed]
    told = [_begun(found, whole, missed)]
    told += [f"{name(one.model, one.source)} lies beyond {_marks(one)}." for one in missed] if len(missed) <= MOST else [_commonest(missed)]
    if rest:
        told.append(f"For {_some(rest)} it is open: no interval lies beyond a mark, and not every mark is met.")
    nobody = [words for words in found[0].held if all(one.held[words] == "not measured" for one in found)]
    if nobody:
        told.append(f"{'None of them was' if len(found) > 1 else 'It was not'} held to {_counted(nobody)}: not measured yet.")
    return told


def _begun(found: Sequence[Standing], whole: Sequence[Standing], missed: Sequence[Standing]) -> str:
    marks, models = len(found[0].held), len(found)
    asked = {1: "the one mark", 2: "both marks"}.get(marks, f"all {marks} marks")
    if whole:
        return f"By the marks below, {_some(whole)} {'meets' if len(whole) == 1 else 'meet'} {asked} on this evidence."
    begun = f"Not on this evidence: no model is shown to meet {asked}"
    if not missed:
        return f"{begun}."
    who = _some(found) if len(missed) == models else f"{len(missed)} of {models}"
    return f"{begun}, and {who} {'lies' if len(missed) == 1 else 'lie'} beyond at least one with the whole interval."


def _some(found: Sequence[Standing]) -> str:
    names = [name(one.model, one.source) for one in found]
    return listed(names) if len(names) <= MOST else f"{len(names)} models"


def _marks(one: Standing) -> str:
    missed = [words for words, verdict in one.held.items() if verdict == "missed"]
    return f"{len(missed)} of {len(one.held)} marks: {'; '.join(missed)}"


def _counted(marks: Sequence[str]) -> str:
    return "; ".join(marks) if len(marks) <= MOST else f"{len(marks)} of the marks"


def _commonest(missed: Sequence[Standing]) -> str:
    counted = {words: sum(one.held[words] == "missed" for one in missed) for words in missed[0].held}
    words, most = max(counted.items(), key=lambda item: item[1])
    return f"The mark that most, {most} models, lie beyond: {words}."
