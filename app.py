"""Starts the dashboard: `streamlit run app.py`. Everything a visitor sees begins in `pages/main.py`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st


@asynccontextmanager
async def warm(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    """Import what pages need before the first visitor comes, not while they wait."""
    from pages import data, parts  # noqa: F401

    yield None


app = st.App("pages/main.py", lifespan=warm)
