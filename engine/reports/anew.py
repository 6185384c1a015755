"""A deck on the newest data, for one showing: what is pinned stays as it is."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from engine import views
from engine.problems import PlumblineError
from engine.reports.deck import Deck, retold
from engine.reports.finding import Finding
from engine.reports.wording import counted, day
from engine.results import Results

Key = tuple[str, int]
"""Id and version of a finding."""


def on_newest(
    results: Results, deck: Deck, found: Mapping[Key, Finding | str], made: datetime
) -> tuple[Deck, dict[Key, Finding | str], list[str]]:
    """The deck and its findings as the newest data have them, and what must be said of it.

    A finding that cannot be made anew is shown as it was pinned. What a slide says in the words of the pinned numbers it says in those of
    the newer ones; what somebody wrote is left, and it is said that it was written for the pinned ones.
    """
    newer, kept = dict(found), 0
    for key, one in found.items():
        if isinstance(one, str):
            continue
        try:
            exhibit = views.make(results, one.exhibit.view, one.exhibit.wanted)
        except PlumblineError:
            kept += 1
            continue
        newer[key] = replace(one, exhibit=exhibit, snapshot=results.snapshot, pinned_at=made)
        deck = retold(deck, one.id, one.exhibit.sentence, exhibit.sentence)
    notes = [f"Shown on the data of {day(made)}, lake snapshot {results.snapshot}, and not on those that were pinned. What is written on "
             "slides in somebody's own words was written for the pinned numbers."]
    if kept:
        notes.append(f"{counted(kept, 'finding')} could not be made of the newest data and {'is' if kept == 1 else 'are'} shown as pinned.")
    return deck, newer, notes
