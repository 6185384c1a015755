"""The start form: who is asked what, how often, what it will take, and the command line that does the same."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from engine.problems import PlumblineError
from pages import desk, parts

REPEATED, PRECISE = "repeated", "precise enough"


def show() -> None:
    """The form, the forecast, and the button."""
    st.write("Choose who is asked what. Conversations that were held before are not paid for again.")
    wanted = _form()
    if not wanted["models"] or not wanted["benchmarks"]:
        st.info("Choose at least one model and one benchmark.", icon=":material/checklist:")
        return
    missing = desk.keyless(wanted["models"])
    for name, variable in missing.items():
        st.warning(
            f"{parts.plain(name)}: no key. Set {variable} in the environment or in .streamlit/secrets.toml and start the dashboard again.",
            icon=":material/key_off:",
        )
    if missing or not _foretold(wanted):
        return
    if st.button("Start the run", type="primary", icon=":material/play_arrow:", key="start"):
        _started(wanted)
    st.caption("The run gets a process of its own: closing the browser or restarting the dashboard changes nothing. In a terminal:")
    st.code(desk.command(wanted), language="bash", wrap_lines=True)


def _form() -> dict[str, Any]:
    playable = desk.playable()
    models = st.multiselect(
        "Models", desk.offered(), key="ask", bind="query-params", accept_new_options=True, placeholder="choose, or type provider/model",
        help="Those whose key is there come first. Any LiteLLM model string can be typed, e.g. openai/gpt-4o.",
    )
    names = st.multiselect("Benchmarks", list(playable), key="on", bind="query-params", placeholder="choose")
    until = st.segmented_control("Each question is", [REPEATED, PRECISE], default=REPEATED, required=True, key="until", bind="query-params",
                                 help="A fixed number of epochs, or as many as it takes until intervals are narrow enough.")
    wanted: dict[str, Any] = {"models": models, "benchmarks": names, "metric": None, "half": None}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if until == PRECISE:
            metrics = desk.narrowable(names)
            wanted["metric"] = st.selectbox("Until every interval of", metrics, key="metric", bind="query-params")
            wanted["half"] = st.number_input("is within ±", 0.005, 2.0, 0.05, 0.01, key="half", bind="query-params", format="%.3f")
        usual = max((playable[name].epochs for name in names), default=1)
        wanted["epochs"] = st.number_input(
            "Epochs" if until == REPEATED else "Epochs at most", 1, 1000, None, key="epochs", bind="query-params",
            placeholder=f"as usual ({usual})" if until == REPEATED else "40", help="An epoch repeats every question once, independently.",
        )
    return wanted | _more(names)


def _more(names: list[str]) -> dict[str, Any]:
    with st.expander("Limits and conditions", icon=":material/tune:"):
        st.caption("A limit that is reached stops the run cleanly; it can be gone on with later.")
        with st.container(horizontal=True):
            cost = st.number_input("US dollars at most", 0.0, None, None, 1.0, key="cost", bind="query-params", placeholder="no limit")
            calls = st.number_input("Calls at most", 1, None, None, key="calls", bind="query-params", placeholder="no limit")
            minutes = st.number_input("Minutes at most", 1.0, None, None, 5.0, key="minutes", bind="query-params", placeholder="no limit",
                                      format="%.0f")
        known = desk.levels(names)
        only = st.multiselect("Only these conditions", known, key="only", bind="query-params", placeholder="all standard ones")
        judging, usual = _judges(names), desk.smallest_effect(names)
        smallest = None if usual is None else st.number_input(
            "Smallest effect worth speaking of", 0.01, 5.0, None, 0.05, key="smallest", bind="query-params",
            placeholder=f"{usual:g} (log-odds)",
            help="What the verdict is read against: set now, kept with the run, and not changed by later runs of the same model.",
        )
        fresh = st.toggle("Ask again what was answered before", key="fresh", bind="query-params",
                          help="Otherwise the same question to the same model is answered from the lake, free of charge.")
    return {"cost": cost or None, "calls": calls, "minutes": minutes, "conditions": only, "fresh": fresh, "smallest_effect": smallest,
            **judging}


def _judges(names: list[str]) -> dict[str, Any]:
    """Who reads free answers, where a benchmark has any."""
    if not desk.with_free_answers(names):
        return {"judges": [], "judge_itself": False}
    judges = st.multiselect(
        "Judges of free answers", desk.offered(), key="judges", bind="query-params", accept_new_options=True, placeholder="none",
        help="Models that read what is answered freely (answer: open). Choose two or more: what one says is not shown without how often "
             "another agrees.",
    )
    itself = st.toggle("A model may judge its own answers", key="judge_itself", bind="query-params") if judges else False
    return {"judges": judges, "judge_itself": itself}


def _foretold(wanted: Mapping[str, Any]) -> bool:
    """What the run will take; false where it cannot be started."""
    try:
        rows, before, together, reached = desk.foretell(wanted)
    except PlumblineError as problem:
        st.error(parts.plain(str(problem)), icon=":material/error:")
        return False
    if not rows:
        st.success(f"All {before:,} conversations are in the lake already: more epochs add to them.", icon=":material/check_circle:")
        return False
    if reached:
        st.warning(parts.plain(reached[0].upper() + reached[1:] + "."), icon=":material/hourglass_bottom:")
    with st.container(border=True):
        with st.container(horizontal=True):
            most = "up to " if wanted["metric"] else ""
            st.metric("Conversations", f"{most}{_short(together['trials'])}",
                      help=f"{before:,} more are in the lake already and are not held again.")
            st.metric("Calls", span(together["calls"]))
            st.metric("Tokens", span(together["tokens"]))
            st.metric("Cost", cost(together), help="At least: every reply is one token long. At most: every reply takes all it may.")
            st.metric("Minutes", span(together["minutes"]),
                      help="From how fast each model replied before, or from half a second to ten a reply.")
        if len(rows) > 1:
            with st.expander("By model", icon=":material/table:"):
                st.dataframe(
                    [{"model": row.model, "conversations": row.trials, "calls": span(row.calls), "tokens": span(row.tokens),
                      "cost": "price unknown" if row.cost_usd is None else f"{span(row.cost_usd)} USD", "minutes": span(row.minutes)}
                     for row in rows], hide_index=True, alt="What each model will take")
    return True


def span(ends: Any) -> str:
    """From least to most, rounded to what can be known of it."""
    low, high = (_short(float(end)) for end in ends)
    return low if low == high else f"{low} – {high}"


def _short(number: float) -> str:
    if number >= 1_000_000:
        return f"{number / 1_000_000:.1f} M"
    if number >= 10_000:
        return f"{number / 1_000:.0f} k"
    return f"{number:,.0f}" if number >= 10 or number == int(number) else f"{number:.1f}" if number >= 0.1 else f"{number:.2g}"


def cost(together: Mapping[str, Any]) -> str:
    """The cost in words."""
    unknown: list[str] = together["price_unknown"]
    low, high = together["cost_usd"]
    known = "free" if not high else f"{span((low, high))} USD"
    if not unknown:
        return known
    return "price unknown" if not high else f"{known} + unknown"


def _started(wanted: Mapping[str, Any]) -> None:
    try:
        found = desk.start(wanted)
    except PlumblineError as problem:
        st.error(parts.plain(str(problem)), icon=":material/error:")
        return
    if found:
        st.switch_page(parts.RUNS, query_params={"run": found})
