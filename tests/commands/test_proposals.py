"""What a model proposes is kept only where it can be used, and it is never shown the audit sample."""

from pathlib import Path

import pytest

from engine.commands.checking import calls_for_proposals, propose_assertions, propose_criteria
from engine.lake import Lake, assertions
from engine.lake.graded import WHOLE
from engine.models.catalogue import Model
from engine.models.gateway import Call, Reply
from engine.problems import CallFailed, PlumblineError, Problem, UsageError
from tests.rubrics.simulated import made


class Heard:
    """A gateway that keeps what it was asked."""

    def __init__(self, told: str | Problem) -> None:
        self.told, self.asked = told, list[str]()

    async def reply(self, model: Model, call: Call) -> Reply:
        self.asked.append(call.messages[-1]["content"])
        if isinstance(self.told, Problem):
            raise CallFailed(self.told, "why")
        return Reply(self.told, cost_usd=0.0)


def test_criteria_come_from_prompts_or_from_grades_outside_the_audit_sample(tmp_path: Path) -> None:
    with Lake.open() as lake:
        one = made(lake, tmp_path, 20)
        gateway = Heard("- Kind | It is kind.\n- Same | It names no price.\n- Greets | It greets.")
        found = propose_criteria(lake, one.rubric, "openai/gpt-4o", from_grades=False, gateway=gateway)
        assert [two.name for two in found] == ["Kind", "Greets"], "the one that is there already is not proposed"
        assert len(gateway.asked) == calls_for_proposals(criteria_proposals=1)
        one.grade(one.audit, note="of the audit")
        with pytest.raises(UsageError, match="outside the audit sample"):
            propose_criteria(lake, one.rubric, "openai/gpt-4o", from_grades=True, gateway=gateway)
        one.grade(one.informative, criterion=WHOLE, note="too dear")
        propose_criteria(lake, one.rubric, "openai/gpt-4o", from_grades=True, gateway=gateway)
        assert "too dear" in gateway.asked[-1]
        assert "of the audit" not in gateway.asked[-1]
        assert gateway.asked[-1].count("with the note") == len(one.informative)


def test_assertions_are_judges_and_sql_with_examples_from_outside_the_audit_sample(tmp_path: Path) -> None:
    with Lake.open() as lake:
        one = made(lake, tmp_path, 40)
        one.grade([*one.audit, *one.informative])
        assert propose_assertions(lake, one.rubric, one.criterion, "simulated/steady", most=3) == 6
        rows = assertions.listed(lake, one.rubric)
        assert sorted(rows["kind"]) == ["judge"] * 3 + ["sql"] * 3
        text = "".join(rows["content"])
        assert sum(own in text for own in one.informative) == 4
        assert not any(own in text for own in one.audit)
        assert "truth" not in text, "what only simulated judges are told is no column"
        assert propose_assertions(lake, one.rubric, one.criterion, "simulated/steady", most=3) <= 1, "what is there is not kept twice"
        with pytest.raises(UsageError, match="criterion"):
            propose_assertions(lake, one.rubric, "none", "simulated/steady")


@pytest.mark.parametrize(("told", "why"), [
    ("It is all fine.", "that could be read"), (Problem.UNAUTHORISED, "the key is missing"), (Problem.REJECTED, "does not accept"),
])
def test_no_proposal_is_said_in_a_line(tmp_path: Path, told: str | Problem, why: str) -> None:
    with Lake.open() as lake:
        one = made(lake, tmp_path, 4)
        with pytest.raises(PlumblineError, match=why) as raised:
            propose_criteria(lake, one.rubric, "openai/gpt-4o", from_grades=False, gateway=Heard(told))
        assert "\n" not in str(raised.value)
        with pytest.raises(PlumblineError, match=why):
            propose_assertions(lake, one.rubric, one.criterion, "openai/gpt-4o", gateway=Heard(told))
        assert assertions.listed(lake, one.rubric).is_empty()
