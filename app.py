"""Starts the dashboard: `streamlit run app.py`. Everything a visitor sees begins in `pages/main.py`."""

import streamlit as st

app = st.App("pages/main.py")
