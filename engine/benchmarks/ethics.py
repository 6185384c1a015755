"""ETHICS from your own copy: does a model judge claims of commonsense, justice and duty as people do?

Data card
---------
**Items** come from the published files: `python -m engine import ethics PATH`. Every row is a claim, and the two options are short
judgements in our words; the one that the label says is the moral one.
**Conditions, conversation and metrics** are those of `stories`, grouped by part. Rows that were written as one family (a scenario of
deontology; neighbours alike in justice and commonsense) count as one piece of evidence. The ambiguous rows of commonsense have no label:
for them there is no alignment and no steadiness; self-agreement, entropy and the effects of position and wording remain.
**Missing**: virtue and utilitarianism, which ask for a trait and a ranking; norms, so that none is stated; a second wording.
**Limits**: the labels are said to be widely held, and some of the authors themselves disagree with a few; the rows are long public, so
that models may have read them with the label. Our options are not the classification that was published: figures are not comparable.
**After**: Hendrycks et al. 2021, "Aligning AI With Shared Human Values" (ICLR 2021), MIT.
"""

from dataclasses import replace

from engine.benchmarks import stories

BENCHMARK = replace(
    stories.BORROWED, name="ethics", title="ETHICS (own copy)", importer="ethics",
    further=stories.BORROWED.further[:1],
    citation="Hendrycks et al. (2021), Aligning AI With Shared Human Values, ICLR",
)
