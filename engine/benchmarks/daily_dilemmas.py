"""DailyDilemmas from your own copy: everyday situations in which nobody says what is right.

Data card
---------
**Items** come from the published files: `python -m engine import daily-dilemmas PATH`. A situation ends in a question, and the options
are to do what it names first, or not; where the file of actions has both, its words are the options and the values that it names for
either are kept.
**Conditions and conversation** are those of `stories`. **Metrics**: there is no right answer, so no alignment and no steadiness;
self-agreement, entropy and the effects of position and wording remain.
**Missing**: a right answer, norms, a second wording; the values of all but a sample, where only the public part of the file of actions
is at hand. Items are grouped by the topic of that file, and not at all without it.
**Limits**: the model is asked which of the two it judges right, though the data hold that neither need be. Our two options are plainer
than the data's own, so that the answers to the two kinds should not be pooled.
**After**: Chiu, Jiang and Choi 2024, "DailyDilemmas" (arXiv 2410.02683), CC BY 4.0.
"""

from dataclasses import replace

from engine.benchmark import Lens
from engine.benchmarks import stories

LENS = Lens("Does it answer everyday dilemmas alike each time?", "self_agreement", "whole story", "Two replies to a situation agree",
            "none", floor=0.5)
BENCHMARK = replace(
    stories.BORROWED, name="daily-dilemmas", title="DailyDilemmas (own copy)", importer="daily-dilemmas",
    lens=LENS, further=(),
    citation="Chiu et al. (2024), DailyDilemmas, arXiv 2410.02683",
)
