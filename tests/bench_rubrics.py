"""How long the kept side of rubrics takes: `python -m tests.bench_rubrics` prints it for 500 outputs, 5 criteria, 3 graders."""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.lake import Lake, assertions, graded, outputs, rubrics, runs
from engine.lake.assertions import Judged
from engine.lake.graded import Grade
from engine.rubrics import drift, editing, queue, standing, timeline
from engine.rubrics.editing import Draft
from engine.rubrics.history import History

GRADERS = ("Ana", "Ben", "Cid")


def filled(lake: Lake, n: int = 500, criteria: int = 5) -> tuple[str, list[str]]:
    """A rubric that is fully graded and judged, as bulk rows."""
    chance = random.Random(1)
    rubric = rubrics.create(lake, "Bench", "me")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "outputs.csv"
        path.write_text("prompt,reply\n" + "".join(f"Question {at}?,Reply {at} {'word ' * 100}\n" for at in range(n)))
        outputs.bring(lake, rubric, path, "me")
    made = [criterion for criterion, _ in editing.add(lake, rubric, [Draft(f"C{at}", f"Text {at}") for at in range(criteria)], "me")]
    there = outputs.of_rubric(lake, rubric, whole=False)
    for grader in GRADERS:
        graded.keep(lake, rubric, [
            Grade(own, criterion, 1, grader, chance.choice(graded.VERDICTS)) for own in there["id"] for criterion in made
        ])
    for criterion in made:
        own = assertions.add(lake, rubric, criterion, 1, "sql", {"expression": "length(reply) > 9"}, "me")
        assertions.choose(lake, rubric, criterion, own, "me")
        keys = there.select("id", "reply_digest").iter_rows()
        assertions.keep_verdicts(lake, rubric, [Judged(own, output, digest, chance.choice(("pass", "fail"))) for output, digest in keys])
    return rubric, made


def took(name: str, work: Callable[[], Any], times: int = 9) -> None:
    """Print the median, least and longest time in milliseconds."""
    told = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        told.append(1000 * (time.perf_counter() - begun))
    print(f"{name:42} {statistics.median(told):8.1f} ms  ({min(told):.1f} to {max(told):.1f}, {times} times)")


def main() -> None:
    """Measure on a lake of its own."""
    with tempfile.TemporaryDirectory() as folder, Lake.open(folder) as lake:
        begun = time.perf_counter()
        rubric, made = filled(lake)
        print(f"filled in {time.perf_counter() - begun:.1f} s")
        history = History.read(lake, rubric)
        print(f"{history.outputs.height} outputs, {len(made)} criteria, {history.grades.height} grades, {history.verdicts.height} verdicts")
        texts, first = outputs.of_rubric(lake, rubric), history.outputs["id"][0]
        now = datetime.now(UTC)
        took("one grade kept", lambda: graded.keep(lake, rubric, [Grade(first, made[0], 1, "Ana", "pass")]), 200)
        took("undo", lambda: graded.undo(lake, rubric, "Ana"), 30)
        took("history read", lambda: History.read(lake, rubric))
        took("outputs with texts read", lambda: outputs.of_rubric(lake, rubric))
        took("newest snapshot", lambda: runs.snapshot(lake))
        took("stamp", lambda: rubrics.stamp(lake, rubric))
        history = History.read(lake, rubric)
        frames = (texts, history.criteria, history.grades)
        took("next showing, all graded", lambda: queue.next_showing(*frames, "Ana"))
        half = history.grades.filter(history.grades["output"].is_in(history.outputs["id"][:250].implode()))
        took("next showing, half graded", lambda: queue.next_showing(texts, history.criteria, half, "Ana"))
        took("progress", lambda: queue.progress(*frames))
        took("standing grades", lambda: standing.standing(history.grades, history.criteria))
        took("change attributed, one criterion", lambda: drift.change(history, made[0], now, datetime.now(UTC)))
        took("timeline, events", lambda: timeline.events(history))
        took("timeline, numbers of one criterion", lambda: timeline.numbers(history, made[0]))
        took("one edit", lambda: editing.edit(lake, made[1], editing.criteria.find(lake, made[1])["version"],
                                              Draft("C1", f"Text {time.monotonic()}"), "me", "bench"), 20)


if __name__ == "__main__":
    main()
