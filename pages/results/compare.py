"""Which differences between models are real, and what do they rest on."""

import polars as pl
import streamlit as st

from engine.benchmark import Benchmark, Lens
from engine.figures.captions import nothing_usable
from engine.views import compare as views
from pages import data, parts
from pages.sections import side_by_side


def ranked(one: Benchmark, lens: Lens) -> None:
    """All chosen models on one lens: a sentence, ranks as ranges, every pair."""
    here = views.place_of(one, lens)
    made = views.ranking(now, lens=here, lenses=places, models=chosen)
    if made.empty:
        return
    name = f"{one.name.replace('/', '-')}-{lens.metric}-{lens.facet.replace(' ', '-')}"
    st.subheader(lens.question)
    parts.exhibit(made, name=f"ranking-{name}")
    parts.turns_link("The conversations", **made.turns)
    pairs = views.every_pair(now, lens=here, lenses=places, models=chosen)
    if pairs.table is None:
        return
    many = pairs.table.height
    with st.expander("The one pair" if many == 1 else f"All {many} pairs", icon=":material/compare_arrows:"):
        parts.table(pairs)
        parts.below(pairs, f"pairs-{name}", folded=False)


def repeatable() -> None:
    """Whether the same items would come out alike if they were asked again."""
    made = views.repeatability(now, benchmarks=list(dict.fromkeys(one.name for one, _ in lenses)), models=chosen)
    if made.table is None:
        return
    st.subheader("Would the same come out again?")
    parts.say(made.sentence)
    with st.expander(f"All {made.table.height} shares", icon=":material/repeat:"):
        parts.table(made)
        parts.below(made, folded=False)


st.title("Which differences are real?")
now = data.now()
lenses = [(one, lens) for one in now.instruments().values() for lens in one.lenses
          if now.results(one.name).height and now.headline(one, lens).drop_nulls("value").height]
if not lenses:
    asked = [name for name in now.instruments() if not now.covered(name).is_empty()]
    for name in asked:
        parts.say(f"{data.benchmark(name).title}: {nothing_usable(now.covered(name), now.models())}")
    if not asked:
        parts.nothing_yet("models to compare")
    st.stop()
present = sorted({name for one, lens in lenses for name in now.headline(one, lens)["model"]})
chosen, _ = parts.choose_models(present)
parts.source_badges(sorted({source for one, lens in lenses for source in
                            now.headline(one, lens).filter(pl.col("model").is_in(chosen))["source"]}))
st.write(
    "Every pair of models is compared on the stems both were asked under the same conditions, with 95 % intervals and p values after "
    "Holm's correction over all pairs and lenses shown. A rank is a range: below every model that is surely better, above every one "
    "that is surely worse."
)
places = [views.place_of(one, lens) for one, lens in lenses]
for one, lens in lenses:
    ranked(one, lens)
repeatable()
side_by_side.show(chosen, [one for one, lens in lenses if lens is one.lens])
