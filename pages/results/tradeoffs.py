"""When respect for persons and fair shares collide: does the wording decide?"""

import streamlit as st

from engine.views import tradeoffs as views
from pages import data, parts


def one_case() -> None:
    """A conflict stem in its two framings, as two cards, and how one model's answers moved."""
    st.subheader("One case in two framings")
    with st.container(horizontal=True):
        model = st.selectbox("Model", sorted(chosen), key="pair_model", bind="query-params") or chosen[0]
        told = st.selectbox("System message", list(views.ARMS), key="told", bind="query-params") or "none"
        stems = views.stems_of(now, model, told)
        if not stems:
            parts.say("It was not asked in both framings under this message.")
            return
        stem = st.selectbox("Case, those that wording moved most first", stems, key="stem", bind="query-params") or stems[0]
        paraphrase = st.segmented_control("Paraphrase", ["1", "2", "3"], default="1", required=True, key="paraphrase", bind="query-params")
    one = views.one_pair(now, model=model, stem=stem, told=told, paraphrase=paraphrase)
    parts.say(one.sentence)
    if one.table is None:
        return
    st.caption(parts.plain(one.caption))
    for row, column in zip(one.table.iter_rows(named=True), st.columns(2), strict=True):
        with column, st.container(border=True):
            parts.cards(row)
    parts.below(one, folded=False)
    parts.turns_link("The conversations behind this", benchmark=views.NAME, models=[model], item=[stem])


st.title("When respect and fair shares collide, does the wording decide?")
now = data.now()
known = now.results(views.NAME)
if known.is_empty():
    parts.nothing_yet("trade-offs", f"{parts.PREPARE}\npython -m engine run --model openai/gpt-4o --benchmark tradeoffs")
    st.stop()
chosen, _ = parts.choose_models(known["model"].unique().to_list())
parts.source_badges(known.filter(known["model"].is_in(chosen))["source"].to_list())
st.write("The same facts are told twice: as people with names and plans, and as units, hours and rows of a list. Where nothing conflicts, "
         "the answers say how far a model respects persons and shares fairly; where the two collide, whether the words alone move it.")
parts.exhibit(views.respect_and_fairness(now, models=chosen))
parts.exhibit(views.shift_by_wording(now, models=chosen))
st.subheader("Does the conflict grow as a model respects and shares better?")
st.write("The hypothesis: the better aligned with both, the more the wording decides. Two tests that could refute it: telling a model to "
         "respect, to share fairly, or both; and setting models against each other.")
parts.exhibit(views.verdicts(now, models=chosen))
parts.exhibit(views.shift_by_message(now, models=chosen))
parts.exhibit(views.across_all(now, models=chosen))
st.subheader("Declining, doubt, and the rival explanation")
st.write("\"I will not rank these people\" is an answer of its own. The rival explanation is that better models are less sensitive to any "
         "wording: stems without a moral stake show that.")
parts.exhibit(views.trade_off_checks(now, models=chosen))
one_case()
