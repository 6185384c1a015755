"""One slide of a deck: what it shows, and the form that changes it."""

import streamlit as st

from engine.problems import PlumblineError
from engine.reports import deck as editing
from engine.reports.deck import KINDS, SHOWN, Kind, Pick, Ref, Slide
from engine.reports.deck_history import KeptDeck
from engine.reports.finding import Finding
from engine.reports.numbers import big_number, picks
from pages import lectern, parts
from pages.sections import newer_data
from pages.sections.deck_tools import LABELS, attempt


def show(there: KeptDeck, place: int, *, may_change: bool) -> None:
    """The slide as it is, and its form."""
    slide = there.deck.slides[place]
    shown = [one for ref in slide.findings[: SHOWN.get(slide.kind, 0)] if (one := _found(ref)) is not None]
    with st.container(border=True):
        _seen(slide, shown)
    for one in shown:
        newer_data.show(one, there.id if may_change else None)
    if may_change:
        _form(there, place, slide, shown)
    elif slide.notes:
        with st.expander("Speaker notes", icon=":material/speaker_notes:"):
            st.text(slide.notes)


def _found(ref: Ref) -> Finding | None:
    try:
        return lectern.one_finding(ref.id, ref.version)
    except PlumblineError as problem:
        st.warning(parts.plain(str(problem)), icon=":material/search_off:")
        return None


def _seen(slide: Slide, shown: list[Finding]) -> None:
    """What the slide shows, in the page's own type."""
    st.subheader(parts.plain(slide.title or " / ".join(one.title for one in shown) or LABELS[slide.kind]))
    if slide.takeaway:
        st.markdown(f"**{parts.plain(slide.takeaway)}**")
    if slide.kind == "big number" and shown:
        number = big_number(shown[0].exhibit, slide.pick)
        if number is None:
            parts.say("The number that was picked is not among those of the finding: pick another one below.")
        else:
            st.metric(parts.plain(number.of), number.value)
            st.caption(parts.plain(number.interval))
    elif shown:
        for column, one in zip(st.columns(len(shown)), shown, strict=True):
            with column:
                parts.shown(one.exhibit, key=f"slide-{one.id}-{one.version}", say_so=False)
    if slide.kind in ("text", "figure and text") and slide.text:
        st.text(slide.text)


def _form(there: KeptDeck, place: int, slide: Slide, shown: list[Finding]) -> None:
    """Everything about a slide that can be changed; nothing is kept before Save."""
    known = lectern.findings()
    picked = st.segmented_control("This slide is", KINDS, default=slide.kind, required=True, format_func=LABELS.__getitem__,
                                  key=f"kind-{there.version}-{place}")
    kind: Kind = next(one for one in KINDS if one == picked)
    with st.form(f"slide-{there.version}-{place}", border=False):
        title = st.text_input("Title", slide.title, max_chars=500, placeholder=" / ".join(one.title for one in shown) or "its title")
        takeaway = st.text_input("What to remember", slide.takeaway)
        text = st.text_area("Words, a paragraph a line", slide.text) if kind in ("text", "figure and text") else slide.text
        chosen = _findings(slide, known.select("id", "version", "title").rows(), SHOWN.get(kind, 0))
        pick = _pick(slide, shown[0]) if kind == "big number" and shown else slide.pick
        notes = st.text_area("Speaker notes", slide.notes, help="Shown with N while presenting, and in the notes of PowerPoint.")
        if st.form_submit_button("Save", type="primary", icon=":material/save:"):
            kept = (*chosen, *slide.findings[len(chosen):])  # those a kind has no room for come back when it is changed back
            attempt(lambda: lectern.save(there, editing.change(
                there.deck, place, kind=kind, title=title, takeaway=takeaway, text=text, findings=kept, pick=pick, notes=notes,
            ), f"changed slide {place + 1}"))
            st.session_state["go_to_slide"] = place
            st.rerun()


def _findings(slide: Slide, known: list[tuple[str, int, str]], many: int) -> tuple[Ref, ...]:
    """A choice of finding for each that the slide shows; one it shows already keeps its version."""
    titles = {own: title for own, _, title in known} | {ref.id: lectern.title_of(ref) for ref in slide.findings}
    newest = {own: version for own, version, _ in known}
    kept = {ref.id: ref for ref in slide.findings}
    chosen: list[Ref] = []
    for at in range(many):
        now = slide.findings[at].id if at < len(slide.findings) else None
        options = list(titles)
        picked = st.selectbox(("Finding" if many == 1 else ("Left", "Right")[at]), options, index=options.index(now) if now else None,
                              format_func=titles.__getitem__, placeholder="choose a pinned finding", key=None)
        if picked:
            chosen.append(kept.get(picked) or Ref(id=picked, version=newest[picked]))
    return tuple(chosen)


def _pick(slide: Slide, one: Finding) -> Pick | None:
    """Which of the finding's numbers is to be read from the back row."""
    rows = picks(one.exhibit)
    if not rows:
        parts.say("This finding has no single numbers to pick from.")
        return slide.pick
    found = [pick for pick, _ in rows]
    at = st.selectbox("The number", range(len(rows)), index=found.index(slide.pick) if slide.pick in found else 0,
                      format_func=lambda place: rows[place][1])
    return found[at or 0]
