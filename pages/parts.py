"""Pieces that pages share: choosing models, a figure with its caption, a table with downloads, an empty state."""

import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import plotly.graph_objects as go
import polars as pl
import polars.selectors as cs
import streamlit as st

from engine.figures.exhibit import Exhibit
from engine.figures.palette import SOURCES, value_text
from engine.figures.palette import colours as fixed_colours
from pages import data, pinning

MOST = 6
COLOUR: dict[str, Literal["green", "orange", "blue", "violet"]] = {
    "measured": "green", "simulated": "orange", "imported": "blue", "published": "violet",
}
TURNS = "evidence/turns.py"
RUNS = "evidence/runs.py"
"""Page paths are relative to the router, `pages/main.py`."""
PREPARE = "python -m engine prepare"
FIRST_RUN = f"{PREPARE}\npython -m engine run --model openai/gpt-4o --benchmark values --benchmark dilemmas"
AVATARS = {"user": ":material/quiz:", "system": ":material/settings:", "assistant": ":material/smart_toy:"}
INK = {"light": "#17212b", "dark": "#e8edf2"}
"""Text colours of the two themes (`.streamlit/config.toml`), for words inside figures."""


@dataclass(frozen=True)
class Regional:
    """What of the regional benchmarks is looked at; `judge` is `None` where answers need none."""

    benchmark: str
    model: str
    strategy: str
    judge: str | None


def plain(text: str) -> str:
    """Text that Markdown shows as it stands: names and messages from outside must not become images."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:&])", r"\\\1", text)


def say(text: str) -> None:
    """A sentence about what is shown, free of Markdown."""
    st.markdown(plain(text))


def choose_models(present: Sequence[str], most: int = MOST) -> tuple[list[str], dict[str, str]]:
    """Let the visitor choose up to six models (the same choice on all pages) and give each its colour.

    Returns the chosen among those `present` on this page, else the first `most` of them.
    """
    known = data.now().known_models()
    unchosen = f"the first {most} with results" if len(present) > most else "all with results"
    before = [name for name in st.session_state.get("models_before", []) if name in known]
    if st.session_state.get("models_page") != st.session_state.get("shown_page") and "models" not in st.query_params and before:
        st.session_state["models"] = before  # the choice made on another page, whose address took it along
    picked = st.multiselect("Models", known, key="models", bind="query-params", max_selections=MOST, placeholder=unchosen)
    st.session_state["models_before"], st.session_state["models_page"] = picked, st.session_state.get("shown_page")
    here = [name for name in picked if name in present] or sorted(present)[:most]
    absent = [name for name in picked if name not in present]
    if absent:
        st.caption(plain(f"No results here for {', '.join(absent)}."))
    return here, fixed_colours(here, known)


def source_badges(sources: Sequence[str]) -> None:
    """Say which kinds of data are shown."""
    with st.container(horizontal=True):
        for source in dict.fromkeys(sources):
            st.badge(SOURCES[source], color=COLOUR[source])


def _ink(drawn: go.Figure) -> None:
    """Give a figure's words the colour of the page's theme."""
    if ink := INK.get(st.context.theme.type or ""):
        drawn.update_layout(font_color=ink)


def figure(drawn: go.Figure, *, alt: str, key: str, caption: str) -> None:
    """A figure with its alternative text, and counts and method under it; where there is nothing to draw, why in words."""
    if not drawn.data:
        why = html.unescape(" ".join(note["text"] for note in drawn.to_dict()["layout"].get("annotations", [])))
        say(f"{alt.rstrip('.')}: {why[:1].lower()}{why[1:]}, for want of answers that could be used.")
        return
    _ink(drawn)
    st.plotly_chart(drawn, key=key, alt=alt, config={"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]})
    st.caption(plain(caption))


def clickable(drawn: go.Figure, *, alt: str, key: str, caption: str) -> str | None:
    """A figure whose marks can be clicked; returns the `customdata` of the mark clicked last."""
    _ink(drawn)
    event = st.plotly_chart(drawn, key=key, alt=alt, on_select="rerun", selection_mode="points",
                            config={"displaylogo": False, "displayModeBar": False, "doubleClick": False})
    st.caption(plain(caption))
    points: list[dict[str, object]] = event["selection"]["points"]  # pyright: ignore
    return str(points[-1]["customdata"]) if points and points[-1].get("customdata") else None


def shown(made: Exhibit, *, key: str, say_so: bool = True) -> None:
    """An exhibit's sentence, and its figure or table, as it stands."""
    if say_so or made.empty:
        say(made.sentence)
    if made.figure is not None:
        figure(made.figure, alt=made.sentence, key=key, caption=made.caption)
    elif made.table is not None:
        table(made)
        st.caption(plain(made.caption))


def exhibit(made: Exhibit, *, say_so: bool = True, name: str = "") -> None:
    """An exhibit with the numbers behind it, and the button that pins it.

    `name`: what its parts are called where a page shows a view more than once.
    """
    shown(made, key=name or made.view, say_so=say_so)
    if not made.empty:
        below(made, name)


def table(made: Exhibit, **how: Any) -> None:
    """An exhibit's table alone; `how` as of `st.dataframe`."""
    if made.table is not None:
        st.dataframe(made.table, hide_index=True, alt=f"{made.title}. {made.sentence}",
                     column_config=_styles(made.table, percent=made.percent), **how)


def cards(told: Mapping[str, object]) -> None:
    """A row of a table as a card: long cells as text, the short ones that stand together in one line."""
    short: list[str] = []
    for name, cell in told.items():
        if len(text := str(cell)) <= 60:
            short.append(f":gray[{plain(name)}] **{plain(text)}**")
            continue
        if short:
            st.markdown(" &ensp; ".join(short))
        st.markdown(plain(text))
        short = []
    if short:
        st.markdown(" &ensp; ".join(short))


def picked(made: Exhibit, key: str, **how: Any) -> int | None:
    """An exhibit's table, of which a row can be chosen: which one is."""
    if made.table is None:
        return None
    event = st.dataframe(made.table, hide_index=True, alt=f"{made.title}. {made.sentence}", key=key, on_select="rerun",
                         selection_mode="single-row", column_config=_styles(made.table, percent=made.percent), **how)
    rows: list[int] = event["selection"]["rows"]  # pyright: ignore
    return rows[0] if rows and rows[0] < made.table.height else None


def below(made: Exhibit, name: str = "", *, folded: bool = True) -> None:
    """Under a figure or table: the numbers behind it, and the button that pins it. Not `folded`: only downloads, for what stands above."""
    called = name or made.view.replace("_", "-")
    with st.container(horizontal=True):
        with st.container(width="stretch"):
            if folded and made.table is not made.numbers:
                numbers(made.numbers, called, percent=made.percent)
            else:
                downloads(made.numbers.drop("run", strict=False), called)
        pinning.button(made)


def _styles(table: pl.DataFrame, *, percent: bool) -> dict[str, Any]:
    """How numbers look: shares as percent, p with four decimals, others with two."""
    floats = [name for name, kind in table.schema.items() if kind.is_float()]
    share, small, number = (st.column_config.NumberColumn(format=form) for form in ("percent", "%.4f", "%.2f"))
    return {name: small if name == "p" or name.startswith(("p,", "p of")) else share if percent else number
            for name in floats}


def numbers(frame: pl.DataFrame, name: str, *, percent: bool = False) -> None:
    """The numbers behind a figure as a table, with downloads as CSV and Parquet."""
    with st.expander("The numbers", icon=":material/table:"):
        shown = frame.drop([column for column in ("run",) if column in frame.columns])
        style = st.column_config.NumberColumn(format="percent" if percent else "%.3f")
        chances = _styles(shown.select(cs.by_name("p", "p, corrected", require_all=False)), percent=False)
        st.dataframe(shown, hide_index=True, column_config={**chances, **dict.fromkeys(("value", "low", "high"), style)},
                     alt=f"Table of {name}")
        downloads(shown, name)


def downloads(frame: pl.DataFrame, name: str) -> None:
    """Buttons for a frame as CSV and Parquet."""
    parquet = io.BytesIO()
    frame.write_parquet(parquet)
    with st.container(horizontal=True):
        st.download_button("CSV", frame.write_csv(), f"plumbline-{name}.csv", "text/csv", key=f"csv-{name}", icon=":material/download:")
        st.download_button(
            "Parquet", parquet.getvalue(), f"plumbline-{name}.parquet", "application/vnd.apache.parquet", key=f"parquet-{name}",
            icon=":material/download:",
        )


def turns_link(label: str, **wanted: str | list[str]) -> None:
    """A link to the turns behind what is shown."""
    st.page_link(TURNS, label=label, icon=":material/forum:", query_params=wanted)


def interval(row: dict[str, object] | None, *, percent: bool = False) -> str:
    """A value with its interval in words; a missing one is said to be missing."""
    return "not measured" if row is None else value_text(row, percent=percent)


def nothing_yet(what: str, command: str = FIRST_RUN) -> None:
    """What to run where there is nothing to show."""
    with st.container(border=True):
        st.subheader(f"No {what} yet")
        st.write("Results appear here as soon as a run has finished. In a terminal, in Plumbline's folder:")
        st.code(command, language="bash")
