"""A deck: slides in an order, each with what it says and which findings it shows; and how it is edited.

Everything here is a value: an edit makes another deck. Places are counted from 0. How decks are kept is in `deck_history`, what they
become is in `compose`.
"""

from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from engine.problems import PlumblineError, UsageError
from engine.reports import wording

Kind = Literal["section", "figure", "figure and text", "two figures", "big number", "table", "text"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SHOWN: dict[Kind, int] = {"figure": 1, "figure and text": 1, "two figures": 2, "big number": 1, "table": 1}
"""How many findings a slide shows; one that has more goes on having them, for when its kind is changed back."""
Title = Annotated[str, AfterValidator(wording.title)]
Text = Annotated[str, AfterValidator(wording.text)]
M = TypeVar("M", bound="Kept")


class Kept(BaseModel):
    """What is kept as JSON: it does not change, and has no fields but those it should have."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Ref(Kept):
    """A version of a finding."""

    id: str
    version: int = Field(ge=1)


class Pick(Kept):
    """Which of an exhibit's numbers is meant: the row with these entries, as far as it has such columns."""

    model: str = ""
    metric: str = ""
    facet: str = ""
    benchmark: str = ""


class Slide(Kept):
    """One slide. All words are plain text. Raises `UsageError` for words that are too long."""

    kind: Kind
    findings: tuple[Ref, ...] = Field(default=(), max_length=2)
    title: Title = ""
    """Empty: the finding's."""
    takeaway: Text = ""
    notes: Text = ""
    """For the speaker."""
    text: Text = ""
    """Of the kinds `text` and `figure and text`; each line is a paragraph."""
    pick: Pick | None = None
    """Of the kind `big number`: which number; `None`: the first."""


class Deck(Kept):
    """Slides in their order. The title slide and the slides about method and limits are not among them: they are made (`compose`)."""

    title: Title
    subtitle: Title = ""
    slides: tuple[Slide, ...] = ()

    def frozen(self) -> str:
        """The whole deck as JSON; `thawed` makes the same of it."""
        return self.model_dump_json()

    @classmethod
    def thawed(cls, text: str) -> Self:
        """What `frozen` wrote. Raises `PlumblineError` where it is something else."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as problem:
            raise PlumblineError(f"a deck cannot be read ({_first(problem)}); update Plumbline, or go back to an earlier version") from None


def retitled(deck: Deck, title: str, subtitle: str | None = None) -> Deck:
    """Under another title (and subtitle). Raises `UsageError` for an empty or too long one."""
    if not wording.title(title):
        raise UsageError("a deck needs a title; write one")
    return _checked(Deck, deck, title=title, subtitle=deck.subtitle if subtitle is None else subtitle)


def add(deck: Deck, slide: Slide, at: int | None = None) -> Deck:
    """With a slide more, at this place, else at the end."""
    at = len(deck.slides) if at is None else at
    if not 0 <= at <= len(deck.slides):
        raise _no_place(deck, at)
    return _with(deck, [*deck.slides[:at], slide, *deck.slides[at:]])


def insert_section(deck: Deck, title: str, at: int | None = None) -> Deck:
    """With a section's slide at this place, else at the end."""
    return add(deck, Slide(kind="section", title=title), at)


def move(deck: Deck, place: int, to: int) -> Deck:
    """With the slide of one place at another; those between make room. Beyond either end is that end."""
    slide = _slide(deck, place)
    rest = [*deck.slides[:place], *deck.slides[place + 1 :]]
    to = min(max(to, 0), len(rest))
    return _with(deck, [*rest[:to], slide, *rest[to:]])


def move_up(deck: Deck, place: int) -> Deck:
    """With the slide one place earlier; the first stays the first."""
    return move(deck, place, place - 1)


def move_down(deck: Deck, place: int) -> Deck:
    """With the slide one place later; the last stays the last."""
    return move(deck, place, place + 1)


def remove(deck: Deck, place: int) -> Deck:
    """Without the slide of this place."""
    _slide(deck, place)
    return _with(deck, [*deck.slides[:place], *deck.slides[place + 1 :]])


def duplicate(deck: Deck, place: int) -> Deck:
    """With the slide of this place twice, one after the other."""
    return add(deck, _slide(deck, place), place + 1)


def change(deck: Deck, place: int, **changed: Any) -> Deck:
    """With other fields of the slide at this place. Raises `UsageError` for a field or value that a slide cannot have."""
    slide = _checked(Slide, _slide(deck, place), **changed)
    return _with(deck, [*deck.slides[:place], slide, *deck.slides[place + 1 :]])


def refer(deck: Deck, finding: str, version: int) -> Deck:
    """With another version of a finding wherever the deck shows that finding."""
    other = Ref(id=finding, version=version)
    slides = [
        _checked(Slide, slide, findings=tuple(other if ref.id == finding else ref for ref in slide.findings)) for slide in deck.slides
    ]
    return _with(deck, slides)


def retold(deck: Deck, finding: str, before: str, after: str) -> Deck:
    """With what to remember said anew on slides that show this finding and say what its earlier numbers said; own words are left."""
    def said(slide: Slide) -> Slide:
        mine = any(ref.id == finding for ref in slide.findings)
        return _checked(Slide, slide, takeaway=after) if mine and slide.takeaway and slide.takeaway == wording.text(before) else slide

    return _with(deck, [said(slide) for slide in deck.slides])


def _with(deck: Deck, slides: list[Slide]) -> Deck:
    return deck.model_copy(update={"slides": tuple(slides)})


def _slide(deck: Deck, place: int) -> Slide:
    if not 0 <= place < len(deck.slides):
        raise _no_place(deck, place)
    return deck.slides[place]


def _no_place(deck: Deck, place: int) -> UsageError:
    return UsageError(f"the deck has {wording.counted(len(deck.slides), 'slide')}, so there is no slide {place + 1}; reload it")


def _checked(kind: type[M], one: M, /, **changed: Any) -> M:
    """A copy with other fields, checked like a new one."""
    try:
        return kind.model_validate({**{name: getattr(one, name) for name in kind.model_fields}, **changed})
    except ValidationError as problem:
        raise UsageError(f"a {kind.__name__.lower()} cannot be like that: {_first(problem)}") from None


def _first(problem: ValidationError) -> str:
    told = problem.errors(include_url=False)[0]
    return wording.line(f"{'.'.join(str(part) for part in told['loc'])}: {told['msg']}")
