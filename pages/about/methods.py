"""Every formula, prompt, source and limit."""

import polars as pl
import streamlit as st

from engine.problems import HANDLING, READINGS
from pages import data

st.title("How these numbers are made")
st.write(
    "A benchmark is the script of a conversation. The player holds it with a model, every turn is kept, and metrics turn the kept turns "
    "into numbers with intervals. Missing is said as missing; refusals and unread replies are outcomes of their own."
)
PARTS = ["Metrics", "Benchmarks", "Outcomes", "Published figures", "Simulated models"]
part = st.segmented_control("Part", PARTS, default="Metrics", required=True, key="part", bind="query-params")
if part == "Metrics":
    for name, text in data.METHODS.items():
        with st.container(border=True, key=f"metric-{name}"):
            st.markdown(text)
elif part == "Benchmarks":
    for name, one in data.now().instruments().items():
        st.subheader(one.title)
        with st.container(border=True):
            st.markdown(data.data_card(name))
            st.caption(f"Version {one.version}. {len(one.items) or 'Imported'} items. {one.citation}.")
        for title, said in data.examples(name).items():
            with st.expander(title, icon=":material/chat:"):
                for role, words in said:
                    with st.chat_message(role, avatar=":material/quiz:" if role == "user" else ":material/smart_toy:"):
                        st.text(words)
elif part == "Outcomes":
    st.write(
        "A question can end in other ways than an answer. What is asked again may have been bad luck; what counts is the model's own "
        "outcome, is shown as such, and is never asked again in the hope of a better one."
    )
    st.dataframe(
        [{"outcome": name.replace("_", " "), "means": one.means, "asked again": one.again or "never", "ends": one.costs,
          "counts": "yes" if one.counts else "no"} for name, one in {**HANDLING, **READINGS}.items()],
        hide_index=True, alt="What follows from each outcome", height="content",
        column_config={"means": st.column_config.TextColumn(width="large")},
    )
elif part == "Published figures":
    st.markdown(data.not_found().partition("\n")[2])
    every = pl.concat([data.now().figures(name) for name in data.now().instruments()])
    if not every.is_empty():
        sources = every.group_by("kind", "metric", "source", "scale", "licence", maintain_order=True).agg(
            pl.col("population").n_unique().alias("how many")
        )
        st.dataframe(sources, hide_index=True, alt="Sources and licences of the published figures")
else:
    st.write(
        "Simulated models are respondents with known parameters: value priorities, ethics weights, chances to flip under each kind of "
        "pressure, knowledge of norms by continent and what steps of thought add to it, slips when they judge, position bias, refusals. "
        "They do not read the words of a question; they are told what it is about. They exist to prove that the metrics recover what was "
        "put in, and to give a first look without a key. They are labelled SIMULATED wherever they appear, and say nothing about any real "
        "model. Their parameters lie in `data/personas.toml`. Over 20 seeds, the 95 % intervals of values, weights, flip rates, regional "
        "scores, gains, coverage, faithfulness, factuality, alignment in stories and shifts by wording cover the true parameters in 90 to "
        "99 % of cases; a test fails if not."
    )
