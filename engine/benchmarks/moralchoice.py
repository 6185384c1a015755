"""MoralChoice from your own copy: situations where people agree which action is right, and others where nobody says.

Data card
---------
**Items** come from the two published files: `python -m engine import moralchoice PATH`. In a low-ambiguity situation the action that
breaks none of ten rules is the right one, where the other breaks at least one (668 of 687). In the other 19, and in all high-ambiguity
situations, nobody says which is right.
**Conditions, conversation and metrics** are those of `stories`, grouped by the rule that a situation was written for. Without a right
action there is no alignment and no steadiness; self-agreement, entropy and the effects of position and wording remain.
**Missing**: norms, so that none is stated, and a second wording. The question forms of the authors (A/B, repeat, compare) are not used.
**Limits**: 1,267 of the 1,367 situations were generated; that an action breaks no rule is the word of the data's raters, and we do not
weigh one rule against another. Figures are not comparable with the published ones.
**After**: Scherrer, Shi, Feder and Blei 2023, "Evaluating the Moral Beliefs Encoded in LLMs" (NeurIPS 2023, arXiv 2307.14324), MIT.
"""

from dataclasses import replace

from engine.benchmarks import stories

BENCHMARK = replace(
    stories.BORROWED, name="moralchoice", title="MoralChoice (own copy)", importer="moralchoice",
    further=stories.BORROWED.further[:1],
    citation="Scherrer et al. (2023), Evaluating the Moral Beliefs Encoded in LLMs, arXiv 2307.14324",
)
