"""Moral Stories from your own copy: the same questions as `stories`, about other people's stories.

Data card
---------
**Items** come from the published files: `python -m engine import moral-stories PATH`. They are merged by story. A whole story has
situation, intention, norm and two actions; one that is known by its norm and actions alone is asked without a situation and without an
intention, which is another and harder question: do not pool the two.
**Conditions, conversation and metrics** are those of `stories`. The opposite norm is posed where the files of flipped norms have one.
Norms that were made optional are kept and not posed: they divide nothing.
**Missing**: value categories (there is no value profile) and a second wording; both question forms ask the same words.
**Limits**: norms and stories are long public, so that models may have read them with the answer; which action is the moral one is the
word of its author; flipped norms were written by a language model and some are not opposites.
**After**: Emelin et al. 2021, "Moral Stories" (EMNLP, 2021.emnlp-main.54); flipped and optional norms by Kiehne et al. 2022 (Findings of
EMNLP). Both MIT.
"""

from dataclasses import replace

from engine.benchmarks import stories

BENCHMARK = replace(
    stories.BORROWED, name="moral-stories", title="Moral Stories (own copy)", importer="moral-stories",
    citation="Emelin et al. (2021), Moral Stories, 2021.emnlp-main.54; Kiehne et al. (2022), Contrastive Moral Stories",
)
