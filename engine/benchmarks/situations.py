"""Situations of your own: the same questions as `regions`, about the norms that you wrote down.

Data card
---------
**Items** come from your own CSV: `python -m engine import situations FILE --name NAME` makes the benchmark `situations/NAME`, and several
stand side by side. `docs/importing-situations.md` describes the columns; those of NormAd are understood as they are. Every row is
checked before any is kept.
**Conditions, conversation and metrics** are those of `regions`, judged and open, so results can be read in the same way; they are never
pooled with ours.
**Limits**: what your set says about a place is as good as its norms and labels are.
"""

from dataclasses import replace

from engine.benchmarks import regions

BENCHMARK = replace(
    regions.BENCHMARK, name="situations", title="Situations of your own", version="1", read_items=None, importer="situations", sets=True,
)
