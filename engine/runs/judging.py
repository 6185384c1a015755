"""Trials of judges: reading the free replies of other models, a part at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from engine.benchmark import Benchmark, Item
from engine.conversation import Condition, Conversation
from engine.models.catalogue import Model
from engine.problems import UsageError
from engine.runs.plan import MOST_EPOCHS, Part
from engine.turns import Judged

STAND_IN = "\n".join(f"- A norm of the place, told in some ten words or a few more ({number})" for number in range(4)) + "\n" + "." * 1200
"""Stands for a reply that has not come yet, where it is foretold what judging will take."""


@dataclass(frozen=True)
class FreeReply:
    """A reply that can be judged."""

    judged: Judged
    item: Item
    condition: Condition
    epoch: int
    reply: str


def judge_part(judge: Model, benchmark: Benchmark, replies: Sequence[FreeReply], seed: int, ended: Collection[str] = ()) -> Part:
    """The trials in which `judge` reads these replies, but for those played to their end."""
    grading = benchmark.grading
    assert grading is not None

    def script(item: Item, _condition: Condition, _seed: int) -> Conversation:
        return grading.conversation(item, item.content["reply"])

    posed = [(Item(one.item.id, one.item.stem, {**one.item.content, "reply": one.reply}), one.condition) for one in replies]
    part = Part(judge, replace(benchmark, conversation=script), posed, seed, judged=[one.judged for one in replies])
    part.asked_for = len(replies)
    for place, one in enumerate(replies):
        if part.assignment(place, one.epoch).trial.key not in ended:
            part.left.append(place * (MOST_EPOCHS + 1) + one.epoch)
    return part


def foretold_replies(parts: Sequence[Part]) -> dict[str, list[FreeReply]]:
    """Stand-ins for the free replies that a plan will bring, by benchmark."""
    found: dict[str, list[FreeReply]] = {}
    for part in parts:
        grading = part.benchmark.grading
        for number in part.left if grading else ():
            place, epoch = divmod(number, MOST_EPOCHS + 1)
            item, condition = part.posed[place]
            if grading and grading.concerns(condition):
                told = FreeReply(Judged(f"{part.model.name} {item.id} {condition}", ""), item, condition, epoch, STAND_IN)
                found.setdefault(part.benchmark.name, []).append(told)
    return found


def independent(judges: Sequence[Model], subjects: Sequence[Model], *, insists: bool) -> None:
    """Check that no model judges itself (unless the user insists) and that a simulated one judges only its like.

    Raises `UsageError`.
    """
    own, before = {_asked(one): one.name for one in subjects}, dict[tuple[str, str | None], str]()
    for judge in judges:
        if (other := before.setdefault(_asked(judge), judge.name)) != judge.name:
            raise UsageError(f"'{judge.name}' and '{other}' are the same model: its agreement with itself says nothing; name another judge")
        if _asked(judge) in own and not insists:
            raise UsageError(
                f"'{judge.name}' would judge its own answers ('{own[_asked(judge)]}'); name another judge, or insist with --judge-itself"
            )
        real = [one.name for one in subjects if one.source != "simulated"]
        if judge.source == "simulated" and real:
            raise UsageError(f"'{judge.name}' is simulated and cannot read the answers of '{real[0]}'; a real model must judge them")


def _asked(model: Model) -> tuple[str, str | None]:
    """What answers behind a name: the same model under another name or temperature would still judge itself."""
    return model.model, model.base_url
