"""A report as slides: a section for each chapter, a slide for each figure, method and limits last."""

from collections.abc import Sequence

from engine.reports.method_sheets import method_sheets
from engine.reports.paging import numbered, pages
from engine.reports.report import Chapter, Report
from engine.reports.sheets import Presentation, Sheet, Shown
from engine.reports.wording import day


def presentation(report: Report) -> Presentation:
    """The same report, to be shown or edited in an office program."""
    first = Sheet("title", report.title, report.subtitle, lines=(report.citation,))
    shown = [one for chapter in report.chapters for one in chapter.shown]
    body = [sheet for chapter in report.chapters for sheet in _chapter(chapter)]
    limits = dict.fromkeys(limit for chapter in report.chapters for limit in chapter.limits)
    return Presentation(report.title, report.subtitle, report.made,
                        (first, *_words("In short", report.summary), *body, *method_sheets(shown, tuple(limits))))


def _chapter(chapter: Chapter) -> list[Sheet]:
    """What is asked goes into the speaker's notes, unless it is all there is."""
    begun = Sheet("section", chapter.title, chapter.question, notes="\n".join(chapter.paragraphs))
    return [begun, *(map(_slide, chapter.shown) if chapter.shown else _words(chapter.title, chapter.paragraphs))]


def _words(title: str, paragraphs: Sequence[str]) -> list[Sheet]:
    found = pages(paragraphs) if paragraphs else []
    return [Sheet("text", numbered(title, place, len(found)), lines=page) for place, page in enumerate(found)]


def _slide(one: Shown) -> Sheet:
    made = one.exhibit
    footer = f"{day(one.pinned)}, lake snapshot {one.snapshot}."
    return Sheet("figure" if made.figure is not None else "table", made.title, made.sentence, shown=(one,), footer=footer)
