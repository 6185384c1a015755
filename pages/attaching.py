"""Where pages attach criteria to benchmarks with free answers, and run them there. Whoever may only look is stopped here."""

import threading
from dataclasses import dataclass

import streamlit as st

from engine.lake import Lake, assertions, rubrics
from engine.problems import PlumblineError, UsageError
from engine.rubrics import attached
from pages import kept, visitor


@dataclass
class Sitting:
    """Attached assertions at work on a model's free answers."""

    wanted: int
    done: int = 0
    told: str = ""
    problem: str = ""
    going: bool = True


def _lake() -> Lake:
    return kept.lake()


def with_free_answers() -> list[str]:
    """The benchmarks that a criterion can be attached to."""
    return attached.attachable(_lake())


def to_benchmarks(rubric: str, criterion: str) -> list[str]:
    """Where a criterion is attached now."""
    newest: dict[str, bool] = {}
    for row in assertions.attachments(_lake(), rubric).iter_rows(named=True):
        if row["criterion"] == criterion:
            newest[row["benchmark"]] = not row["removed"]
    return sorted(name for name, there in newest.items() if there)


def attach(rubric: str, criterion: str, assertion: str, benchmark: str, *, removed: bool = False) -> None:
    """Attach a criterion with an assertion, or take it off."""
    visitor.must_change()
    assertions.attach(_lake(), rubric, criterion, assertion, benchmark, visitor.name(), removed=removed)


def behind(benchmark: str) -> dict[str, str]:
    """The rubrics whose criteria are attached to a benchmark: id and name."""
    found = assertions.attached_to(_lake(), benchmark)["rubric"].unique(maintain_order=True).to_list()
    return {own: str(rubrics.find(_lake(), own)["name"]) for own in found}


def due(benchmark: str, model: str) -> int:
    """How many verdicts a model's free answers lack."""
    return sum(one.unjudged for one in attached.corrected_scores(_lake(), benchmark) if one.model == model)


@st.cache_resource(show_spinner=False)
def _sittings(where: str) -> dict[tuple[str, str], Sitting]:  # noqa: ARG001
    return {}


def sitting(benchmark: str, model: str) -> Sitting | None:
    """What runs on these answers, or ran last."""
    return _sittings(str(_lake().address)).get((benchmark, model))


def run(benchmark: str, model: str) -> None:
    """Run what is attached beside everything else; it goes on when the browser is closed. Raises `UsageError` while one runs."""
    visitor.must_change()
    before, lake = sitting(benchmark, model), _lake()
    if before and before.going:
        raise UsageError("the attached criteria are being run already; wait for them")
    one = _sittings(str(lake.address))[benchmark, model] = Sitting(due(benchmark, model))

    def heard(_: object) -> None:
        one.done += 1

    def work() -> None:
        try:
            found = attached.check_attached(lake, benchmark, model, on_verdict=heard)
            one.told = f"{found.passed} passed, {found.failed} failed, {found.errors} errors, by {found.calls} calls."
        except PlumblineError as problem:
            one.problem = str(problem)
        except Exception as problem:  # else it ends in a thread that nobody sees
            one.problem = f"it broke off: {type(problem).__name__}: {problem}; run it again, what was judged is kept"
        finally:
            one.going = False

    threading.Thread(target=work, name=f"attached {benchmark} {model}", daemon=True).start()
