"""What is read of judged and judging turns: one playing each, of one version, and nothing of the others."""

from datetime import UTC, datetime, timedelta

from engine.conversation import Reading
from engine.lake import Lake, turns
from engine.turns import Judged, Trial, Turn

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def turn(
    reading: Reading, *, run: str = "r", version: str = "2", answer: str = "judged", judged: Judged | None = None, number: int = 0,
    last: bool = True, minute: int = 0, step: str = "", model: str = "maker/model",
) -> Turn:
    condition = {"answer": answer, "strategy": "direct", "order": "1"} if version == "2" else {"strategy": "direct", "order": "1"}
    trial = Trial(model, "regions", version, "item", "item", condition, 1, 0, judged)
    return Turn(run, trial, "measured", "item", number, last, [], "words", reading, None, NOW + timedelta(minutes=minute), step=step)


def choice(name: str) -> Reading:
    return Reading("choice", choice=name)


def test_a_countrys_answers_are_those_of_this_version_that_need_no_judge() -> None:
    with Lake.open() as lake:
        turns.append(lake, [
            turn(choice("acceptable"), version="1"), turn(choice("not acceptable")), turn(Reading("refusal"), answer="open"),
            turn(Reading("text", text="x"), answer="open", run="other", minute=1),
        ])
        found = turns.judgements(lake, "maker/model", "regions", "2")
    assert found.select("choice", "reading").rows() == [("not acceptable", "choice")]


def test_a_judges_reading_is_one_conversation_and_never_two_mixed() -> None:
    subject = turn(Reading("text", text="x"), answer="open")
    of = Judged(subject.trial.key, "r")

    def judge(run: str, minute: int, *steps: tuple[str, Reading], ends: bool = True) -> list[Turn]:
        return [
            turn(reading, run=run, answer="open", judged=of, number=number, last=ends and number == len(steps) - 1,
                 minute=minute + number, step=step, model="judge")
            for number, (step, reading) in enumerate(steps)
        ]

    kind = ("answer type", choice("acceptable"))
    none, listed = (("norms stated", Reading("text", number=float(len(told)), text=told)) for told in ("", "x"))
    with Lake.open() as lake:
        turns.append(lake, [
            subject, *judge("one", 1, kind, listed, ("truth of norms", Reading("text", text="true"))), *judge("two", 10, kind, none),
            *judge("cut", 20, kind, listed, ends=False),
        ])
        found = turns.grades(lake, "maker/model", "regions", "2")
    assert found.select("step", "number").rows() == [("answer type", None), ("norms stated", 0.0)], "the newest that came to its end"
