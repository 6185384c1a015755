"""Imported raw logs beside the table that was printed from them."""

from collections.abc import Sequence

import streamlit as st

from engine.views import dilemmas as views
from pages import data, parts


def show_printed(models: Sequence[str]) -> None:
    """The printed table alone, where the logs have not been imported."""
    st.subheader("Published flip rates of real models")
    st.write("About 30 % of these trials push towards the option already chosen. The raw logs tell more; with a copy of them:")
    st.code("python -m engine import triethix PATH", language="bash")
    parts.exhibit(views.printed_flips(data.now(), models=models))


def show(models: Sequence[str]) -> None:
    """The engine's numbers from the raw logs beside the printed table."""
    st.subheader("Published flip rates, read again from the raw logs")
    st.write("In the published logs about 30 % of the pushes name the option already chosen; the right column leaves them out. There are "
             "six different stems, so the intervals are wide.")
    parts.exhibit(views.log_flips(data.now(), models=models))
    parts.exhibit(views.logs_beside_print(data.now(), models=models))


def families(*, printed: bool) -> None:
    """The published conclusion that families differ, looked at again over every model, with models as the units."""
    st.subheader("Do families of models differ?")
    st.write(
        "The study pools all answers of a family's models and finds that families differ. Answers of one model are no evidence about other "
        "models of its family, so here each model counts once: Kruskal and Wallis's test by permutation over all models, corrected over "
        "the four numbers."
    )
    parts.exhibit(views.families(data.now(), printed=printed))
