"""Decks worked out into sheets."""

from datetime import UTC, datetime
from typing import Any

import pytest

from engine.lake import Lake
from engine.problems import UsageError
from engine.reports import deck_history, finding
from engine.reports.compose import presentation
from engine.reports.deck import SHOWN, Deck, Pick, Ref, Slide
from engine.reports.finding import Finding
from engine.reports.method_sheets import alike_once
from engine.reports.numbers import big_number, picks
from engine.reports.sheets import BigNumber, Sheet
from tests.reports.made import BAD, exhibit, row

MADE = datetime(2026, 11, 21, 9, tzinfo=UTC)


def slide(kind: str, *shown: Finding, **told: Any) -> Slide:
    return Slide.model_validate({"kind": kind, "findings": tuple(Ref(id=one.id, version=one.version) for one in shown), **told})


def sheets(lake: Lake, *slides: Slide) -> list[Sheet]:
    return list(presentation(lake, Deck(title="Deck", subtitle="For the board", slides=slides), MADE).sheets)


def words(sheet: Sheet) -> str:
    return "\n".join((sheet.title, sheet.takeaway, *sheet.lines, sheet.footer, sheet.notes))


def method(found: list[Sheet]) -> str:
    assert found[-1].layout == "method"
    return "\n".join(words(one) for one in found if one.layout == "method")


def test_every_kind_of_slide_becomes_a_sheet(lake: Lake) -> None:
    one = finding.pin(lake, exhibit(), "It flips", "Ana", snapshot=7)
    other = finding.pin(lake, exhibit(row("maker/one", 0.5, metric="weight", facet="virtue")), "Weights", "Ana", snapshot=9)
    day = f"{one.pinned_at.day} {one.pinned_at:%B %Y}"
    first, section, figure, both, number, table, text, *rest = sheets(
        lake, slide("section", title="Part 1"), slide("figure", one, takeaway="Mind.", notes="Say it."),
        slide("two figures", one, other, title="Both"), slide("big number", one, pick=Pick(
            model="simulated/steady", metric="flip_rate", facet="blame", benchmark="dilemmas")),
        slide("table", one), slide("text", title="Next", text="One.\n\nTwo."),
    )
    assert (first.layout, first.title, first.footer) == ("title", "Deck", "SIMULATED, measured here")
    assert (first.takeaway, first.lines) == ("For the board", ("21 November 2026", "2 models: 1 measured here, 1 SIMULATED."))
    assert (section.layout, section.title, section.shown) == ("section", "Part 1", ())
    assert (figure.layout, figure.title, figure.takeaway, figure.notes) == ("figure", "It flips", "Mind.", "Say it.")
    assert figure.footer == f"Pinned {day}, lake snapshot 7. SIMULATED, measured here."
    assert (figure.shown[0].finding, figure.shown[0].snapshot, figure.shown[0].exhibit.title) == (one.id, 7, "Flips under blame")
    assert (both.layout, both.title, len(both.shown)) == ("two figures", "Both", 2)
    assert both.footer.startswith(f"Left: pinned {day}, lake snapshot 7; right: pinned {day}, lake snapshot 9.")
    assert number.number == BigNumber(
        "12 %", "95 % interval 7 to 17 %",
        "Flip rate, blame of steady (SIMULATED). 120 trials, 40 independent units. Wilson, clustered by stem.",
    )
    assert table.shown[0].exhibit.table is not None
    assert (text.layout, text.lines) == ("text", ("One.", "Two."))
    assert {sheet.layout for sheet in rest} == {"method"}


def test_the_method_says_what_was_used(lake: Lake) -> None:
    many = finding.pin(lake, exhibit(
        row("maker/one", 0.4), row("simulated/steady", 0.1, source="simulated", trials=80, stems=20),
        row("logs/a", 0.2, source="imported", benchmark="triethix", low=None, high=None, method="as recorded"),
        row("people", 0.3, source="published", benchmark="unheard-of", metric="of_another_kind"),
        limits=("One wording was used.", "Only English."),
    ), "t", "Ana", snapshot=7)
    told = method(sheets(lake, slide("big number", many)))
    for expected in (
        "Measured here: maker/one.", "SIMULATED: simulated/steady.", "Imported logs: logs/a.", "Published: people.",
        "programs with known parameters", "TriEthix: Barqué-Duran (2025)", "Benchmark unheard-of: not known", "80 to 120 trials",
        "20 to 40 independent units", "Wilson, clustered by stem; as recorded", "Some of the values shown have no interval",
        "Flip rate: The share of trials whose second choice differs from the first", "One wording was used.", "Only English.",
        "(lake snapshot 7)",
    ):
        assert expected in told.replace("\n", " ")
    assert "$" not in told
    long = finding.pin(lake, exhibit(limits=tuple(f"Limit {n}. {'word ' * 40}" for n in range(30))), "t", "Ana")
    found = [sheet for sheet in sheets(lake, slide("figure", long)) if sheet.layout == "method"]
    assert [sheet.title for sheet in found] == [f"Method and limits ({n + 1} of {len(found)})" for n in range(len(found))]
    assert len(found) > 2
    assert all(f"Limit {n}." in method(found) for n in range(30))


def test_methods_that_differ_in_a_models_own_numbers_are_one() -> None:
    told = ["t interval", "moves by 0.91 of 19 values", "t interval", "moves by 0.3 of 19 values", "moves by 5 of", "95 % of 3"]
    assert alike_once(told) == ["t interval", "moves by … of 19 values", "moves by 5 of", "95 % of 3"]


def test_a_deck_without_data_has_a_method_too(lake: Lake) -> None:
    first, text, last = sheets(lake, slide("text", text="Only words."))
    assert (first.lines[-1], text.title) == ("No model's numbers are shown.", "Untitled")
    assert (last.layout, last.lines) == ("method", ("This deck shows no data.",))
    with pytest.raises(UsageError):
        presentation(lake, "nothing", MADE)
    own = deck_history.create(lake, "Kept", "Ana").id
    assert presentation(lake, own, MADE).title == "Kept"


def test_what_cannot_be_shown_is_said_and_the_rest_stays(lake: Lake) -> None:
    one, unread, empty = (finding.pin(lake, shown, title, "Ana") for shown, title in (
        (exhibit(), "Good"), (exhibit(), "Unread"),
        (exhibit(figure=None, chart=None, sentence="No model is chosen.", numbers=exhibit().numbers.head(0)), "Emptied"),
    ))
    lake.write(lambda cursor: cursor.execute("UPDATE findings SET content = '{}' WHERE id = $id", {"id": unread.id}))
    for kind in SHOWN:
        gone = Slide.model_validate({"kind": kind, "findings": (Ref(id="gone", version=3),), "takeaway": "Mine.", "notes": "Say."})
        found = sheets(lake, gone, slide(kind, unread), slide(kind, empty), slide(kind), slide("figure", one))
        assert [sheet.layout for sheet in found[1:6]] == ["text", "text", "text", "text", "figure"]
        assert "version 3 of gone) is not in this lake any more" in words(found[1])
        assert (found[1].takeaway, found[1].notes) == ("Mine.", "Say.")
        assert "'Unread' cannot be shown" in words(found[2])
        assert ("There is none among" if kind == "big number" else "No model is chosen.") in words(found[3])
        assert "No finding has been chosen" in words(found[4])
        assert "2 findings of this deck could not be shown" in method(found)


def test_one_of_two_figures_is_shown_where_the_other_is_missing(lake: Lake) -> None:
    one = finding.pin(lake, exhibit(), "Good", "Ana")
    both = slide("two figures", one, takeaway="Mine.")
    both = both.model_copy(update={"findings": (Ref(id="gone", version=1), *both.findings)})
    shown = sheets(lake, both)[1]
    assert (shown.layout, len(shown.shown), shown.takeaway) == ("figure and text", 1, "Mine.")
    assert "is not in this lake any more" in shown.lines[0]
    assert "is not in this lake any more" in shown.footer


def test_a_removed_or_moved_finding_is_shown_as_it_was_chosen(lake: Lake) -> None:
    one = finding.pin(lake, exhibit(), "Good", "Ana", snapshot=3)
    finding.remove(lake, finding.move(lake, one, exhibit(row("maker/one", 0.9)), 9, "Ben"), "Ben")
    shown = sheets(lake, slide("figure", one))[1].shown[0]
    assert (shown.snapshot, shown.exhibit.numbers["value"].to_list()) == (3, [0.43, 0.12])


def test_a_number_that_is_not_there_any_more(lake: Lake) -> None:
    one = finding.pin(lake, exhibit(), "Good", "Ana")
    shown = sheets(lake, slide("big number", one, pick=Pick(model="maker/gone", metric="flip_rate")))[1]
    assert shown.layout == "text"
    assert shown.lines == ("The number that was picked (maker/gone, flip_rate) is not among the numbers of 'Good'. Pick another one.",)


def test_numbers_to_pick() -> None:
    shown = exhibit(row("a", None, trials=None, stems=None, method=None), row("b", 0.123456, low=None), percent=False)
    assert [said for _, said in picks(shown)] == ["Flip rate, blame of a", "Flip rate, blame of b"]
    numbers = [big_number(shown, pick) for pick, _ in picks(shown)]
    assert numbers == [
        BigNumber("not computable", "no interval is known", "Flip rate, blame of a. How many it rests on is not known."),
        BigNumber("0.12", "no interval is known", "Flip rate, blame of b. 120 trials, 40 independent units. Wilson, clustered by stem."),
    ]
    without = exhibit(numbers=shown.numbers.drop("value"))
    assert (picks(without), big_number(without, None)) == ([], None)


def test_bad_input_is_shown_as_it_stands(lake: Lake) -> None:
    for typed in BAD:
        one = finding.pin(lake, exhibit(row(typed, 0.4), limits=(typed,)), typed, typed)
        told = {"takeaway": typed, "notes": typed, "text": typed}
        found = list(presentation(lake, Deck(title=typed, slides=(slide("figure and text", one, **told), slide("text", **told),
                                                                 slide("big number", one))), MADE).sheets)
        assert (found[0].title, found[1].title, found[1].takeaway, found[1].notes) == (typed,) * 4
        assert found[1].lines == found[2].lines == (typed,)
        assert found[3].number
        assert typed in found[3].number.of
        assert typed in method(found)
    essay = "\n".join(f"Paragraph {n} with a few words more." for n in range(60))
    pages = [sheet for sheet in sheets(lake, slide("text", title="Long", text=essay, notes="Once.")) if sheet.layout == "text"]
    assert "\n".join(line for page in pages for line in page.lines) == essay
    assert [page.notes for page in pages] == ["Once."] + [""] * (len(pages) - 1)
