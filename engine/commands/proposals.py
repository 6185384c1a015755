"""Criteria and assertions that a model proposes for a rubric. What it is shown of people's grades is never from the audit sample."""

import getpass
from collections.abc import Callable, Sequence

import polars as pl

from engine.checks import proposing
from engine.checks.content import in_words, judge_content, sql_content
from engine.checks.judge import MOST_GUIDANCE, WORDINGS, Example, JudgeCheck, examples_from
from engine.checks.proposing import Graded, Proposed
from engine.checks.sql import Output, columns_of
from engine.conversation import Conversation, Reading
from engine.grades.agreement import settled
from engine.lake import Lake, assertions, criteria, graded, outputs, rubrics
from engine.models.catalogue import model as model_named
from engine.models.gateway import Gateway
from engine.problems import PlumblineError, UsageError
from engine.rubrics.running import candidates
from engine.rubrics.standing import current, standing
from engine.runs.questions import Answered, Question, gateway_to, put

PROMPTS, OF_PROMPT = 3, 2000
"""Different prompts shown to a model that proposes criteria, the most frequent first, and characters of each."""
WAYS = tuple(name for name in WORDINGS if not name.startswith("in doubt"))
"""The wordings that proposed judges are given in turn."""
INFORMATIVE = pl.col("sample") != "audit"


def calls_for_proposals(*, criteria_proposals: int = 0, criteria: int = 0) -> int:
    """Calls that so many proposals of criteria, and of assertions for so many criteria, take."""
    return proposing.calls(criteria_proposals=criteria_proposals, criteria=criteria)


def propose_criteria(
    lake: Lake, rubric: str, model: str, *, from_grades: bool, most: int = 5, gateway: Gateway | None = None
) -> list[Proposed]:
    """Criteria that a model proposes from the prompts, or `from_grades` and notes outside the audit sample. One call; nothing is kept.

    Raises `UsageError` for a rubric or model that is not there, and where there are no outputs or no such grades; `PlumblineError` where
    the model gave no reply, or none that could be read.
    """
    rubrics.find(lake, rubric)
    told = criteria.history(lake, rubric)
    known = current(told)["text"].to_list()
    shown = outputs.of_rubric(lake, rubric)
    if shown.is_empty():
        raise UsageError("the rubric has no outputs yet; take some, then have criteria proposed")
    prompts = shown.group_by("prompt").agg(pl.len(), pl.col("place").min()).sort(["len", "place"], descending=[True, False])["prompt"]
    prompt = "\n\n(another prompt:)\n\n".join(one[:OF_PROMPT] for one in prompts.head(PROMPTS))
    if from_grades:
        talk = proposing.criteria_from_grades(prompt, _graded(lake, rubric, shown, told), known, most=most)
    else:
        talk = proposing.criteria_from_prompt(prompt, known, most=most)
    return proposing.criteria(_asked(model, [talk], gateway, "criteria")[0])


def propose_assertions(
    lake: Lake, rubric: str, criterion: str, model: str, *, most: int = 3, gateway: Gateway | None = None, judge: str = "", by: str = ""
) -> int:
    """Have a model propose assertions for a criterion, and keep them as candidates: at most `most` judges (`judge`, else the model itself,
    asked in different wordings, most of them with graded examples where there are any) and as many SQL checks. Returns how many are kept.

    Two calls. Examples are never from the audit sample. Raises as `propose_criteria` does, and `UsageError` for a criterion that is not
    there.
    """
    found = criteria.find(lake, criterion)
    if found["rubric"] != rubric:
        raise UsageError(f"criterion '{found['name']}' is not in this rubric; reload it")
    if len(found["text"]) > MOST_GUIDANCE:
        raise UsageError(f"'{found['name']}' has {len(found['text'])} characters, a judge takes {MOST_GUIDANCE}; split or shorten it")
    judge = model_named(judge or model).name
    shown = outputs.of_rubric(lake, rubric)
    some = outputs.some_of(lake, rubric, shown["id"].head(500).to_list())
    columns = columns_of([Output(row["prompt"], row["reply"], row["fields"]) for row in some])
    columns.pop("truth", None)  # what simulated judges are told is no check
    there = [one for one in candidates(lake, rubric) if one.criterion == criterion]
    before = [str(one.content.get("expression", "")) for one in there if one.kind == "sql"]
    guided = [str(one.content["guidance"]) for one in there if one.content.get("guidance")]
    talks = [proposing.guidance_for(found["text"], guided, most=most), proposing.expressions_for(found["text"], columns, before, most=most)]
    guidance, expressions = (proposing.lines(reading) for reading in _asked(model, talks, gateway, "assertions"))
    examples = examples_from(_examples(lake, rubric, shown, criterion), _audit(shown), criterion=criterion)
    checks = [JudgeCheck(found["text"])]
    checks += [JudgeCheck(found["text"], WAYS[at % len(WAYS)], words, examples) for at, words in enumerate(guidance, 1)]
    contents = [("judge", judge_content(judge, check)) for check in checks]
    known = {in_words(one.kind, one.content) for one in there}
    judges = [one for one in contents if in_words(*one) not in known][:most]
    by = by or getpass.getuser()
    kept = 0
    for kind, content in [*judges, *(("sql", sql_content(one, columns)) for one in expressions[:most])]:
        assertions.add(lake, rubric, criterion, found["version"], "sql" if kind == "sql" else "judge", content, by)
        kept += 1
    return kept


def _asked(name: str, talks: Sequence[Conversation], gateway: Gateway | None, what: str) -> list[Reading]:
    """The readings of single questions, in their order."""
    model = model_named(name)
    questions = [Question(model, ("proposal", str(at)), next(talk)) for at, talk in enumerate(talks)]
    heard: dict[tuple[str, ...], Answered] = {}
    hear: Callable[[Answered], None] = lambda answered: heard.update({answered.question.key: answered})  # noqa: E731
    put(questions, gateway or gateway_to([model]), hear)
    readings: list[Reading] = []
    for one in questions:
        answered = heard.get(one.key)
        if answered is None or answered.reading is None or answered.problem:
            why = (answered.problem.handling.means if answered and answered.problem else "no reply") if answered else "it was asked no more"
            detail = f" ({answered.detail})" if answered and answered.detail else ""
            raise PlumblineError(f"'{name}' proposed no {what}: {why}{detail}; try again, or ask another model")
        readings.append(answered.reading)
    if not any(one.usable for one in readings):
        words = " ".join((readings[0].text or "").split())[:80]
        raise PlumblineError(f"'{name}' proposed no {what} that could be read ('{words}'); try again, or ask another model")
    return readings


def _audit(shown: pl.DataFrame) -> set[str]:
    return set(shown.filter(~INFORMATIVE)["id"].to_list())


def _graded(lake: Lake, rubric: str, shown: pl.DataFrame, told: pl.DataFrame) -> list[Graded]:
    """Informative outputs as people graded them: as a whole where they did, else good where no criterion fails; with all their notes."""
    rows = standing(graded.all_of(lake, rubric), told).filter(~pl.col("stale") & pl.col("active"))
    free = shown.filter(INFORMATIVE).select(pl.col("id").alias("output"), "reply", "place")
    rows = rows.join(free, on="output", how="inner")
    found: list[Graded] = []
    for _, mine in rows.sort("place", "graded_at").group_by("output", maintain_order=True):
        whole = mine.filter(pl.col("criterion") == graded.WHOLE)
        judged = whole if whole.height else mine
        passed, failed = (judged.filter(pl.col("verdict") == verdict).height for verdict in ("pass", "fail"))
        good = passed > failed if whole.height else failed == 0
        if passed + failed and (passed != failed or not whole.height):
            found.append(Graded(mine["reply"][0], good, "; ".join(dict.fromkeys(note for note in mine["note"] if note))))
    if not found:
        raise UsageError("no reply outside the audit sample is graded yet, and those in it are shown to no model; grade a few more")
    # noted and failed ones say most, and only so many are shown
    return sorted(found, key=lambda one: (not one.note, one.good))


def _examples(lake: Lake, rubric: str, shown: pl.DataFrame, criterion: str) -> list[Example]:
    """Outputs outside the audit sample that people agree on under this criterion."""
    rows = standing(graded.all_of(lake, rubric), criteria.history(lake, rubric))
    rows = rows.filter((pl.col("criterion") == criterion) & ~pl.col("stale")).select("output", "grader", pl.col("verdict").alias("grade"))
    agreed = settled(rows).filter(pl.col("grade").is_in(["pass", "fail"]))
    both = agreed.join(shown.filter(INFORMATIVE), left_on="output", right_on="id", how="inner")
    return [Example(row["output"], row["prompt"], row["reply"], row["grade"] == "pass") for row in both.iter_rows(named=True)]
