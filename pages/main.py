"""The router: every page begins here, whichever address a visitor lands on."""

import sys
from pathlib import Path

import streamlit as st

ROOT = str(Path(__file__).resolve().parents[1])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

from pages import kept  # noqa: E402

STATIC = Path(__file__).parent / "static"
st.set_page_config(page_title="Plumbline", page_icon=str(STATIC / "plumbline.svg"), layout="wide", initial_sidebar_state=230)
st.logo(str(STATIC / "wordmark.svg"), size="large", icon_image=str(STATIC / "plumbline.svg"))

page = st.navigation({
    "Results": [
        st.Page("results/overview.py", title="Overview", icon=":material/dashboard:", default=True),
        st.Page("results/values.py", title="Values", icon=":material/explore:", url_path="values"),
        st.Page("results/dilemmas.py", title="Dilemmas", icon=":material/alt_route:", url_path="dilemmas"),
        st.Page("results/regions.py", title="Regions", icon=":material/public:", url_path="regions"),
        st.Page("results/stories.py", title="Stories", icon=":material/auto_stories:", url_path="stories"),
        st.Page("results/tradeoffs.py", title="Trade-offs", icon=":material/balance:", url_path="tradeoffs"),
        st.Page("results/compare.py", title="Compare", icon=":material/compare_arrows:", url_path="compare"),
        st.Page("results/bridges.py", title="Bridges", icon=":material/hub:", url_path="bridges"),
    ],
    "Grade": [st.Page("criteria/criteria.py", title="Criteria", icon=":material/rule:", url_path="criteria")],
    "Present": [
        st.Page("present/present.py", title="Present", icon=":material/co_present:", url_path="present"),
        st.Page("present/deck.py", title="Deck", icon=":material/slideshow:", url_path="deck", visibility="hidden"),
        st.Page("present/show.py", title="Show", icon=":material/play_arrow:", url_path="show", visibility="hidden"),
        st.Page("present/finding.py", title="Finding", icon=":material/keep:", url_path="finding", visibility="hidden"),
    ],
    "Evidence": [
        st.Page("evidence/runs.py", title="Runs", icon=":material/play_circle:", url_path="runs"),
        st.Page("evidence/turns.py", title="Turns", icon=":material/forum:", url_path="turns"),
    ],
    "About": [st.Page("about/methods.py", title="Methods", icon=":material/function:", url_path="methods")],
})

st.session_state["shown_page"] = page.url_path  # "page" is the Turns page's own key
kept.checked(page.run)
