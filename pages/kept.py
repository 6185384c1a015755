"""How pages keep what they have read: once for all visitors, under the lake's stamp, which changes when a run finishes.

So results appear at once. (The argument is `stamp` and not `_stamp`: Streamlit leaves arguments with an underscore out of the key.)
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import streamlit as st

from engine.lake import Lake, runs
from engine.problems import PlumblineError

KEPT, FEW = 64, 8
"""How many answers of one kind are kept; of turns, which are many, fewer."""
P = ParamSpec("P")
T = TypeVar("T")


def shared(load: Callable[Concatenate[str, P], T], most: int = KEPT) -> Callable[Concatenate[str, P], T]:
    """Keep what `load` gives for a stamp of the lake, one for all visitors: nobody may change it.

    `st.cache_data` would make a copy for every call, and even finding it in a cache takes a tenth of a millisecond: a page with 20 models
    asks some 700 times in one drawing. So each drawing holds what it was given.
    """
    found = st.cache_resource(max_entries=most, show_spinner=False)(load)

    @wraps(load)
    def recalled(stamp: str, *told: P.args, **named: P.kwargs) -> T:
        held: dict[Hashable, Any] = st.session_state.setdefault("held_while_drawing", {})
        key = (load.__name__, stamp, told, *named.items())
        if key not in held:
            held[key] = found(stamp, *told, **named)
        return held[key]

    return recalled


@st.cache_resource
def lake() -> Lake:
    """The open lake, one for all visitors."""
    return Lake.open()


def stamp() -> str:
    """The lake's stamp, read once for each drawing of a page (`checked`): a page asks for many things."""
    return st.session_state.get("lake_stamp") or runs.newest(lake())


@st.cache_resource(max_entries=KEPT)
def _stamp_at(snapshot: int) -> str:  # noqa: ARG001
    """The stamp of a snapshot: while nothing is written, there is nothing to ask for."""
    return runs.newest(lake())


def checked(work: Callable[[], None]) -> None:
    """Do `work`; a mistake in the set-up (no lake, one from a newer version) is said in one line."""
    try:
        st.session_state["lake_stamp"], st.session_state["held_while_drawing"] = _stamp_at(runs.snapshot(lake())), {}
    except PlumblineError as problem:
        st.error(str(problem), icon=":material/error:")
        st.stop()
    work()
