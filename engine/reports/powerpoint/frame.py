"""The words round a slide's content: title, takeaway, small print, footer, badge, notes; and the room that they leave."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from pptx.oxml import parse_xml

from engine.reports.powerpoint.measure import LINE, POINTS, SMALLEST, Box, Fitted, fitted
from engine.reports.powerpoint.template import (
    ACROSS,
    AMBER,
    BASE,
    FOOTER,
    LEFT,
    NUMBER,
    SMALL,
    TAKEAWAY,
    TITLE,
    frame,
    layout,
    place,
    placeholder,
)
from engine.reports.powerpoint.words import NAMESPACES, filled, one_line, paragraph, placed

BADGE = Box(LEFT + ACROSS - 1.9, 0.46, 1.9, 0.36)
AIR = 0.16
"""Inches between what stands one above the other."""


@dataclass(frozen=True)
class Words:
    """What a slide says besides its content."""

    layout: str
    title: str
    takeaway: str = ""
    small: tuple[str, ...] = ()
    footer: str = ""
    badge: str = ""
    notes: str = ""


@dataclass(frozen=True)
class Round:
    """The same, measured: the room that is free between, and what had to be cut."""

    words: Words
    title: Fitted
    takeaway: Fitted
    small: Fitted
    free: Box

    @property
    def cut(self) -> tuple[str, ...]:
        """Words that the slide shows only in part."""
        texts = ((self.title, [self.words.title]), (self.takeaway, [self.words.takeaway]), (self.small, self.words.small))
        return tuple(one_line(text) for fit, whole in texts if fit.cut for text in whole)


def measured(words: Words, *, small_lines: int = 5) -> Round:
    """How a slide with a figure, a table or text is divided. `small_lines`: lines of small print at most."""
    across = ACROSS - (BADGE.width + 0.2 if words.badge else 0)
    title = fitted([one_line(words.title)], (across, 1.02), (30, 22), bold=True)
    takeaway = fitted([one_line(words.takeaway)], (ACROSS, 0.84), (24, 16))
    small = fitted([one_line(text) for text in words.small], (ACROSS, small_lines * LINE * SMALLEST / POINTS), (SMALLEST, SMALLEST))
    top = place("figure", TITLE)[3].top + title.height + AIR
    if takeaway.paragraphs:
        top += takeaway.height + AIR
    bottom = BASE - small.height - (AIR if small.paragraphs else 0)
    return Round(words, title, takeaway, small, Box(LEFT, top, ACROSS, bottom - top))


def opened(deck: Any, one: Round) -> Any:
    """A new slide with these words; its content is still to come."""
    words, slide = one.words, deck.slides.add_slide(layout(deck, one.words.layout))
    across = ACROSS - (BADGE.width + 0.2 if words.badge else 0)
    box = replace(place("figure", TITLE)[3], width=across, height=one.title.height + 0.02)
    say(slide, words.layout, TITLE, one.title, box)
    say(slide, words.layout, TAKEAWAY, one.takeaway, Box(LEFT, box.top + one.title.height + AIR, ACROSS, one.takeaway.height + 0.02))
    say(slide, words.layout, SMALL, one.small, Box(LEFT, BASE - one.small.height - 0.02, ACROSS, one.small.height + 0.02))
    footed(slide, words)
    return slide


def say(slide: Any, name: str, number: int, fit: Fitted, box: Box | None = None, *, gap: float = 0.0) -> None:
    """Put fitted words into a placeholder; without words it is removed, so that nobody is asked to fill it in."""
    shape: Any = next((one for one in slide.placeholders if one.placeholder_format.idx == number), None)
    if shape is None:
        return
    if not fit.paragraphs:
        shape.element.getparent().remove(shape.element)
        return
    usual = place(name, number)[4]
    filled(shape, [
        paragraph(text, size=None if fit.size == usual else fit.size, before=round(gap * fit.size) if at else 0)
        for at, text in enumerate(fit.paragraphs)
    ])
    if box:
        placed(shape, box)


def footed(slide: Any, words: Words) -> None:
    """Footer, slide number, badge and notes: what python-pptx does not take over from the layout."""
    tree = slide.shapes._spTree
    for number in (FOOTER, NUMBER):
        if number == NUMBER and words.layout == "title":
            continue
        one = place(words.layout, number)
        fit = fitted([one_line(words.footer)], (one[3].width, 0.24), (SMALLEST, SMALLEST))
        if number == FOOTER and not fit.paragraphs:
            continue
        text = paragraph(fit.paragraphs[0]) if number == FOOTER else ""
        _added(tree, placeholder(one, words=text))
    if words.badge:
        _added(tree, _badge(words.badge))
    noted(slide, words.notes)


def noted(slide: Any, notes: str) -> None:
    """The speaker's notes."""
    if notes:
        body: Any = slide.notes_slide.notes_placeholder
        filled(body, [paragraph(one_line(line)) for line in notes.split("\n")])


def _added(tree: Any, xml: str) -> None:
    element: Any = parse_xml(xml)  # pyright: ignore[reportUnknownVariableType]
    element.xpath(".//p:cNvPr")[0].set("id", str(max(map(int, tree.xpath("//@id[. > 0]")), default=1) + 1))
    tree.append(element)


def _badge(text: str) -> str:
    return (
        f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="0" name="Where the data are from"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'{frame(BADGE)}<a:prstGeom prst="roundRect"><a:avLst><a:gd name="adj" fmla="val 50000"/></a:avLst></a:prstGeom><a:solidFill>'
        f'<a:srgbClr val="{AMBER[1:]}"/></a:solidFill></p:spPr><p:txBody>'
        '<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"><a:noAutofit/>'
        f'</a:bodyPr><a:lstStyle/>{paragraph(text, size=13, bold=True, colour="tx1", align="ctr")}</p:txBody></p:sp>'
    )


def one_box(texts: Sequence[str], box: Box, sizes: tuple[int, int], *, bold: bool = False, gap: float = 0.0) -> Fitted:
    """Words fitted to a box."""
    return fitted(texts, (box.width, box.height), sizes, bold=bold, gap=gap)
