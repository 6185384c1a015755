"""Where graders are served: what comes next, and keeping what they press. Nothing of other graders or of judges gets there."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import streamlit as st

from engine.lake.graded import LONGEST_NOTE, SCHEMA, VERDICTS, WHOLE, Grade
from engine.problems import UsageError
from engine.rubrics import queue, standing
from pages import kept, visitor
from pages.workbench import at_hand, history, texts

AHEAD = 6
"""Outputs that wait in the browser."""
REMEMBERED = 5_000
"""Presses of a grader that are known to be kept, so that one sent twice is kept once."""
AS_A_WHOLE = {"criterion": WHOLE, "version": 0, "name": "The reply as a whole", "text": "Would you accept it? Say why in a note."}


def progress(rubric: str) -> pl.DataFrame:
    """How far each grader is (see `engine.rubrics.queue.progress`)."""
    there = history(rubric)
    return queue.progress(there.outputs, there.criteria, there.grades)


def ahead(rubric: str, grader: str, skipped: Sequence[str] = ()) -> list[dict[str, Any]]:
    """The next outputs for a grader, as the grading desk wants them: nothing of other graders and of judges is in them."""
    there = history(rubric)
    mine = there.grades.filter(pl.col("grader") == grader)
    asked = {row["criterion"]: row for row in standing.current(there.criteria).iter_rows(named=True)} or {WHOLE: AS_A_WHOLE}
    given = standing.standing(mine, there.criteria).filter(~pl.col("stale"))
    found: list[dict[str, Any]] = []
    order = queue.in_turns(there.outputs, queue.telling(there.assertions, there.verdicts))
    for _ in range(AHEAD):
        put_off = {*skipped} - {one["output"] for one in found}
        shown = queue.next_showing(there.outputs, there.criteria, mine, grader, order=order, skipped=put_off)
        if shown is None:
            break
        open_now = {criterion for criterion, _ in shown.criteria}
        before = {} if shown.why != "ungraded" else {
            criterion: verdict
            for criterion, verdict in given.filter(pl.col("output") == shown.output).select("criterion", "verdict").iter_rows()
            if criterion in asked
        }
        told = [
            {name: asked[own][name] for name in ("criterion", "version", "name", "text")}
            for own in asked if own in open_now or own in before
        ]
        found.append({"output": shown.output, "again": shown.again, "criteria": told, "given": before})
        mine = _as_if_graded(mine, shown, rubric, grader)
    words = texts(rubric, [one["output"] for one in found])
    return [{**one, **words.get(one["output"], {"prompt": "", "reply": ""})} for one in found]


def _as_if_graded(mine: pl.DataFrame, shown: queue.Showing, rubric: str, grader: str) -> pl.DataFrame:
    """What the next output will be does not hang on the verdicts, so it is asked for before they are given."""
    row = {"rubric": rubric, "output": shown.output, "grader": grader, "verdict": "pass", "note": "", "again": shown.again,
           "withdraws": None, "seconds": None, "graded_at": datetime.now(UTC)}
    rows = [{**row, "id": f"~{mine.height}-{own}", "criterion": own, "criterion_version": version} for own, version in shown.criteria]
    more = pl.DataFrame(rows, schema=SCHEMA).select(mine.columns).cast(mine.schema)
    return pl.concat([mine, more])


@st.cache_resource(max_entries=256, show_spinner=False)
def _handled(rubric: str, grader: str, where: str) -> deque[str]:  # noqa: ARG001
    return deque(maxlen=REMEMBERED)


def pressed(rubric: str, grader: str, presses: Sequence[Mapping[str, Any]]) -> str:
    """Keep what was pressed at the grading desk, each once however often it was sent; why, where one cannot be kept and is left out.

    Raises `UsageError` for whoever may only look.
    """
    visitor.must_change()
    done, book = _handled(rubric, grader, str(kept.lake().address)), at_hand(rubric)
    problem, waiting = "", dict[str, Grade]()

    def keep() -> None:
        if waiting:
            book.keep(list(waiting.values()))  # one writing for all that came in since the last
            done.extend(waiting)
            waiting.clear()

    for own, press in {str(press.get("id")): press for press in presses}.items():
        if own in done:
            continue
        try:
            if press["kind"] == "grade":
                waiting[own] = _grade(grader, press)
                continue
            keep()
            if press["kind"] == "undo":
                book.undo(grader)
        except UsageError as refused:
            problem = str(refused)
        except (KeyError, TypeError, ValueError) as unread:
            problem = f"a verdict from the browser could not be read ({unread!r}); reload the page"
        done.append(own)
    keep()
    return problem


def _grade(grader: str, press: Mapping[str, Any]) -> Grade:
    """Raises `KeyError`, `TypeError` or `ValueError` for one that no desk sends."""
    if press["verdict"] not in VERDICTS:
        raise ValueError(press["verdict"])
    return Grade(str(press["output"]), str(press["criterion"]), int(press["version"]), grader, press["verdict"],
                 str(press.get("note", ""))[:LONGEST_NOTE], bool(press.get("again")), float(press["seconds"]))


def acked(rubric: str, grader: str, presses: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which of these presses are kept."""
    done = set(_handled(rubric, grader, str(kept.lake().address)))
    return [str(press.get("id")) for press in presses if str(press.get("id")) in done]
