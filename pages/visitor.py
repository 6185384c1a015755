"""Who is looking, and whether they may change anything."""

import os

import streamlit as st

from engine.problems import UsageError

READ_ONLY = "PLUMBLINE_EDITORS"
"""Unset: everybody who can open the dashboard may pin findings and change decks. `none`: nobody may. Else the e-mail addresses of those who
may, with commas between; they are known by signing in."""


def name() -> str:
    """What the visitor is called in histories."""
    return str(st.user.get("email") or st.user.get("name") or "somebody") if st.user.get("is_logged_in") else "somebody"


def signed_in() -> bool:
    """Whether the visitor has signed in, so that the name is theirs."""
    return bool(st.user.get("is_logged_in"))


def may_change() -> bool:
    """Whether the visitor may pin findings and change decks."""
    told = os.environ.get(READ_ONLY, "").strip()
    if not told:
        return True
    return bool(st.user.get("is_logged_in")) and st.user.get("email") in {one.strip() for one in told.split(",")}


def must_change() -> None:
    """Raises `UsageError` where the visitor may only look."""
    if not may_change():
        raise UsageError("you may look here and not change anything; ask whoever runs this Plumbline")
