"""Where pages work on criteria: outputs, criteria, grades, assertions and report cards. Whoever may only look is stopped here."""

import json
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
import streamlit as st

from engine.checks import content, grammar, sql
from engine.checks.judge import WORDINGS, JudgeCheck
from engine.commands import checking
from engine.figures.palette import SOURCES
from engine.lake import Lake, assertions, outputs, rubrics
from engine.lake.outputs import Taken as Taken
from engine.lake.outputs import Wanted
from engine.problems import PlumblineError, UsageError
from engine.rubrics import carrying, drift, editing, standing, timeline
from engine.rubrics.book import Book
from engine.rubrics.cards import Card, cards
from engine.rubrics.cards import numbers as plain_numbers
from engine.rubrics.drift import Change
from engine.rubrics.editing import Draft, Version
from engine.rubrics.history import History
from engine.rubrics.moments import Moment
from pages import kept, visitor

COUNTED = {"pass": "passed", "fail": "failed", "error": "errors"}


@st.cache_resource(max_entries=32, show_spinner=False)
def _book(rubric: str, where: str) -> Book:  # noqa: ARG001
    return Book(_lake(), rubric)


def at_hand(rubric: str) -> Book:
    """A rubric's book, one for all visitors."""
    return _book(rubric, str(_lake().address))


def history(rubric: str) -> History:
    """Every row of a rubric; quick while nobody else writes."""
    return at_hand(rubric).now()


def sources(rubric: str) -> list[str]:
    """Where a rubric's outputs are from, as far as pages have a word for it."""
    return [source for source in history(rubric).outputs["source"].unique().sort().to_list() if source in SOURCES]


def listed() -> pl.DataFrame:
    """The rubrics, newest first (see `engine.lake.rubrics.listed`)."""
    return rubrics.listed(_lake())


def begin(name: str) -> str:
    """A new rubric's id. Raises `UsageError`."""
    visitor.must_change()
    return rubrics.create(_lake(), name, visitor.name())


def rename(rubric: str, name: str) -> None:
    """Give a rubric another name. Raises `UsageError`."""
    visitor.must_change()
    rubrics.rename(_lake(), rubric, rubrics.find(_lake(), rubric)["version"], name, visitor.name())


def remove(rubric: str) -> None:
    """Take a rubric from the list."""
    visitor.must_change()
    rubrics.remove(_lake(), rubric, rubrics.find(_lake(), rubric)["version"], visitor.name())


def available(run: str, benchmark: str, model: str) -> int:
    """How many replies of a run can be taken."""
    return outputs.available(_lake(), Wanted(run, benchmark, model))


def take(rubric: str, run: str, benchmark: str, model: str, n: int, audit: int) -> Taken:
    """Take replies of a run. Raises `PlumblineError`."""
    visitor.must_change()
    return outputs.take(_lake(), rubric, Wanted(run, benchmark, model), n, visitor.name(), audit=audit)


def bring(rubric: str, name: str, told: bytes, n: int | None, audit: int | None) -> Taken:
    """Take outputs from an uploaded CSV or JSONL file. Raises `PlumblineError`."""
    visitor.must_change()
    with _uploaded(name, told) as path:
        return outputs.bring(_lake(), rubric, path, visitor.name(), n=n, audit=audit, name=name)


@contextmanager
def _uploaded(name: str, told: bytes) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"uploaded{Path(name).suffix.lower()}"
        path.write_bytes(told)
        yield path


def texts(rubric: str, wanted: Sequence[str]) -> dict[str, dict[str, str]]:
    """The prompt and reply of these outputs."""
    return at_hand(rubric).texts(wanted)


def criteria(rubric: str, *, retired: bool = False) -> pl.DataFrame:
    """The criteria that are asked now (or are retired), oldest first (see `engine.rubrics.standing.current`)."""
    return standing.current(history(rubric).criteria, retired=retired)


def versions(rubric: str, criterion: str) -> pl.DataFrame:
    """Every version of a criterion, newest first."""
    return history(rubric).criteria.filter(pl.col("criterion") == criterion).sort("version", descending=True)


def add(rubric: str, drafts: Sequence[tuple[str, str]], why: str) -> None:
    """Add criteria, (name, text) each. Raises `UsageError`."""
    visitor.must_change()
    editing.add(_lake(), rubric, [Draft(*draft) for draft in drafts], visitor.name(), why)


def edit(one: Version, name: str, text: str, why: str) -> None:
    """Change a criterion's words. Raises `PlumblineError`."""
    visitor.must_change()
    editing.edit(_lake(), *one, Draft(name, text), visitor.name(), why)


def split(one: Version, parts: Sequence[tuple[str, str]], why: str) -> None:
    """Make several criteria of one. Raises `PlumblineError`."""
    visitor.must_change()
    editing.split(_lake(), *one, [Draft(*part) for part in parts], visitor.name(), why)


def merge(several: Sequence[Version], name: str, text: str, why: str) -> None:
    """Make one criterion of several. Raises `PlumblineError`."""
    visitor.must_change()
    editing.merge(_lake(), several, Draft(name, text), visitor.name(), why)


def retire(one: Version, why: str) -> None:
    """Ask for a criterion no more. Raises `PlumblineError`."""
    visitor.must_change()
    editing.retire(_lake(), *one, visitor.name(), why)


def bring_back(one: Version, why: str) -> None:
    """Ask for a retired criterion again. Raises `PlumblineError`."""
    visitor.must_change()
    editing.bring_back(_lake(), *one, visitor.name(), why)


def columns(rubric: str) -> dict[str, str]:
    """What an SQL check of this rubric's outputs may use, with the kind of each."""
    return dict(_columns(rubric, str(_lake().address), history(rubric).outputs.height))


@st.cache_resource(max_entries=32, show_spinner=False)
def _columns(rubric: str, where: str, height: int) -> Mapping[str, sql.Kind]:  # noqa: ARG001
    whole = outputs.of_rubric(_lake(), rubric)["fields"].to_list()
    return sql.columns_of([sql.Output("", "", json.loads(cell)) for cell in whole])




def candidates(rubric: str) -> pl.DataFrame:
    """The assertions with `passed`, `failed`, `errors` (their newest verdicts), and `chosen` now (see `engine.lake.assertions.listed`)."""
    there = history(rubric)
    now = there.assertions.unique("assertion", keep="last", maintain_order=True)
    newest = there.verdicts.unique(["assertion", "output"], keep="last", maintain_order=True)
    counted = newest.group_by("assertion").agg(
        *((pl.col("outcome") == outcome).sum().alias(name) for outcome, name in COUNTED.items()),
        cost_usd=pl.col("cost_usd").sum(),
    )
    standing_now = there.choices.unique("criterion", keep="last", maintain_order=True)["assertion"].drop_nulls()
    return now.join(counted, on="assertion", how="left", maintain_order="left").with_columns(
        pl.col("passed", "failed", "errors").fill_null(0), chosen=pl.col("assertion").is_in(standing_now.implode())
    )


def problems(rubric: str, assertion: str) -> pl.DataFrame:
    """Why an assertion gave no verdict: detail, outputs (how many)."""
    there = history(rubric).verdicts.filter(pl.col("assertion") == assertion).unique("output", keep="last", maintain_order=True)
    return there.filter(pl.col("outcome") == "error").group_by("detail").agg(outputs=pl.len()).sort("outputs", descending=True)


def words_of(kind: str, told: str) -> str:
    """What an assertion is, in a line; `told` is its content as the lake keeps it."""
    return content.in_words(kind, json.loads(told))


def named(rubric: str, assertion: str) -> str:
    """An assertion in words."""
    row = candidates(rubric).filter(pl.col("assertion") == assertion)
    return words_of(row["kind"][0], row["content"][0]) if row.height else "An assertion"


def calls_for_criteria() -> int:
    """Calls that one proposal of criteria takes."""
    return checking.calls_for_proposals(criteria_proposals=1)


def calls_for_assertions() -> int:
    """Calls that one proposal of assertions for a criterion takes."""
    return checking.calls_for_proposals(criteria=1)


def proposed_criteria(rubric: str, model: str, *, from_grades: bool, most: int) -> list[tuple[str, str]]:
    """Criteria that a model proposes, (name, text) each; nothing is kept. Raises `PlumblineError`."""
    visitor.must_change()
    return [(one.name, one.text) for one in checking.propose_criteria(_lake(), rubric, model, from_grades=from_grades, most=most)]


def propose_assertions(rubric: str, criterion: str, model: str, most: int) -> int:
    """Have a model propose assertions, and keep them as candidates: how many. Raises `PlumblineError`."""
    visitor.must_change()
    return checking.propose_assertions(_lake(), rubric, criterion, model, most=most, by=visitor.name())


def wordings() -> list[str]:
    """The ways a judge can be asked."""
    return list(WORDINGS)


def add_sql(rubric: str, one: Version, expression: str) -> None:
    """Keep an SQL check for a criterion. Raises `UsageError` with the reason where the expression is not taken."""
    visitor.must_change()
    used = columns(rubric)
    if not grammar.taken(expression := expression.strip(), used):
        raise UsageError("the check looks at nothing of the output; use one of its columns, such as reply")
    assertions.add(_lake(), rubric, *one, "sql", content.sql_content(expression, used), visitor.name())


def add_judges(rubric: str, one: Version, model: str, ways: Sequence[str], guidance: str) -> None:
    """Keep a judge for each of these wordings. Raises `UsageError`."""
    visitor.must_change()
    if not model or not ways:
        raise UsageError("a judge needs a model and a wording; choose both")
    text = _text(rubric, one[0])
    for check in [JudgeCheck(text, way, guidance) for way in ways]:
        assertions.add(_lake(), rubric, *one, "judge", content.judge_content(model, check), visitor.name())


def retire_assertion(assertion: str, *, retired: bool = True) -> None:
    """Take an assertion from the candidates, or put it back."""
    visitor.must_change()
    assertions.retire(_lake(), assertion, visitor.name(), retired=retired)


def choose(rubric: str, criterion: str, assertion: str | None, why: str) -> None:
    """From now on this assertion stands for the criterion."""
    visitor.must_change()
    assertions.choose(_lake(), rubric, criterion, assertion, visitor.name(), why)


def settled(rubric: str, criterion: str) -> bool:
    """Whether somebody has let an assertion stand for the criterion."""
    told = history(rubric).choices.filter(pl.col("criterion") == criterion)
    return bool(told.height) and told["assertion"][-1] is not None


def _text(rubric: str, criterion: str) -> str:
    return str(criteria(rubric).filter(pl.col("criterion") == criterion)["text"][0])


@dataclass
class Running:
    """A sitting of assertions: it goes on while people grade, and when the browser is closed."""

    wanted: int
    done: int = 0
    errors: int = 0
    problem: str = ""
    told: str = ""
    going: bool = True


@st.cache_resource(show_spinner=False)
def _sittings(where: str) -> dict[str, Running]:  # noqa: ARG001
    return {}


def sitting(rubric: str) -> Running | None:
    """The assertions that run, or ran last."""
    return _sittings(str(_lake().address)).get(rubric)


def due(rubric: str, some: Sequence[str] | None = None) -> checking.Due:
    """What running would take: verdicts, calls, cost. Raises `UsageError`."""
    return checking.due(_lake(), rubric, some)


def run(rubric: str, some: Sequence[str] | None, most: int | None) -> None:
    """Run what is due beside everything else. Raises `UsageError` where a sitting goes on."""
    visitor.must_change()
    before, lake = sitting(rubric), _lake()
    if before and before.going:
        raise UsageError("assertions are running already; wait for them")
    asked = checking.due(lake, rubric, some)
    one = _sittings(str(lake.address))[rubric] = Running(asked.sql + min(asked.calls, most or asked.calls))

    def heard(judged: assertions.Judged) -> None:
        one.done += 1
        one.errors += judged.outcome == "error"

    def work() -> None:
        try:
            found = checking.check(lake, rubric, some, on_verdict=heard, most=most)
            gave_up = "".join(f" {model} was asked no more: {why}." for model, why in found.given_up.items())
            one.told = (f"{found.passed} passed, {found.failed} failed, {found.errors} errors, by {found.calls} calls; "
                        f"{found.left} verdicts are still due.{gave_up}")
        except PlumblineError as problem:
            one.problem = str(problem)
        except Exception as problem:  # else it ends in a thread that nobody sees
            one.problem = f"the assertions broke off: {type(problem).__name__}: {problem}; run them again, what was judged is kept"
        finally:
            one.going = False

    threading.Thread(target=work, name=f"assertions {rubric}", daemon=True).start()


@st.cache_resource(max_entries=32, show_spinner=False)
def _cards(rubric: str, where: str, stamp: str) -> list[Card]:  # noqa: ARG001
    return cards(history(rubric))


def report_cards(rubric: str) -> list[Card]:
    """The report card of each criterion; worked out once for each state of the rubric."""
    return _cards(rubric, str(_lake().address), _state(rubric))


def _state(rubric: str) -> str:
    there = history(rubric)
    return "/".join(f"{frame.height}" for frame in vars(there).values())


def moments(rubric: str) -> pl.DataFrame:
    """What happened to a rubric, oldest first (see `engine.rubrics.timeline.events`)."""
    return timeline.events(history(rubric))


@st.cache_resource(max_entries=64, show_spinner=False)
def _numbers(rubric: str, criterion: str, where: str, state: str) -> list[Moment]:  # noqa: ARG001
    return timeline.numbers(history(rubric), criterion)


def numbers(rubric: str, criterion: str) -> list[Moment]:
    """A criterion's pass rates over time."""
    return _numbers(rubric, criterion, str(_lake().address), _state(rubric))


def changed(rubric: str, criterion: str, before: datetime, after: datetime) -> Change:
    """What became of a criterion's pass rate between two moments, and why."""
    return drift.change(history(rubric), criterion, before, after)


def exported(rubric: str, form: str) -> str:
    """The rubric as `yaml` or as a file that `pytest` runs. Raises `UsageError`."""
    reports = {one.criterion: plain_numbers(one) for one in report_cards(rubric)}
    told = carrying.document(_lake(), rubric, reports)
    if form == "yaml":
        return carrying.as_yaml(told)
    prompts = {
        one.id: content.written_out(one.content, part.text)
        for part in told.criteria for one in part.assertions if one.kind == "judge" and one.id == part.chosen
    }
    return carrying.as_pytest(told, prompts=prompts)


def brought(name: str, told: bytes) -> str:
    """An exported rubric as a new one; its id. Raises `PlumblineError`."""
    visitor.must_change()
    return carrying.bring(_lake(), carrying.read(told.decode("utf-8", errors="replace"), name), visitor.name())


def _lake() -> Lake:
    return kept.lake()
