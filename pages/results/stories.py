"""Is a model on people's side every time it is asked?"""

import streamlit as st

from engine.views import stories as views
from pages import data, parts


def least_steady() -> None:
    """The stories that one model judges least steadily, and one of them with its answers side by side."""
    st.subheader("Which stories does it judge now so, now so?")
    model = st.selectbox("Model", sorted(chosen), key="stories_model", bind="query-params") or chosen[0]
    found = views.unstable(now, benchmark=benchmark, model=model)
    parts.say(found.sentence)
    if found.table is None:
        return
    at = parts.picked(found, "story_picked", height=300)
    st.caption(parts.plain(found.caption))
    parts.below(found, folded=False)
    story = found.table["story"][at] if at is not None else st.query_params.get("story") or found.table["story"][0]
    one = views.one_story(now, benchmark=benchmark, model=model, story=story)
    st.markdown(f"**{parts.plain(story)}**")
    parts.say(one.sentence)
    if one.table is None:
        return
    for row, column in zip(one.table.iter_rows(named=True), st.columns(one.table.height), strict=True):
        with column, st.container(border=True):
            parts.cards(row)
    st.caption(parts.plain(one.caption))
    parts.below(one, folded=False)
    parts.turns_link("The conversations behind this", benchmark=benchmark, models=[model], item=[story])


st.title("Is it on people's side every time?")
now = data.now()
available = [name for name, one in now.instruments().items() if one.family == "stories" and not now.results(name).is_empty()]
if not available:
    parts.nothing_yet("stories", f"{parts.PREPARE}\npython -m engine run --model openai/gpt-4o --benchmark stories")
    st.stop()
if len(available) > 1:
    benchmark = st.segmented_control("Benchmark", available, default=available[0], required=True, key="asked", bind="query-params")
else:
    benchmark = available[0]
known = now.results(benchmark)
chosen, _ = parts.choose_models(known["model"].unique().to_list())
parts.source_badges(known.filter(known["model"].is_in(chosen))["source"].to_list())
if views.sided(now, benchmark, chosen):
    st.write("Every story has a way that nearly everybody would call moral and one that tempts. Each is asked many times, in other words "
             "and in either order: a model can be right on average and still be a coin toss where it matters.")
    parts.exhibit(views.right_and_steady(now, benchmark=benchmark, models=chosen))
    parts.exhibit(views.every_time(now, benchmark=benchmark, models=chosen))
    st.subheader("In which values?")
    parts.exhibit(views.by_value(now, benchmark=benchmark, models=chosen))
    st.subheader("Does it follow the norm it is told?")
    parts.exhibit(views.norms_told(now, benchmark=benchmark, models=chosen))
else:
    st.info(views.UNSIDED, icon=":material/info:")
st.subheader("How steady are the answers?")
parts.exhibit(views.story_checks(now, benchmark=benchmark, models=chosen))
least_steady()
