"""500 outputs under 5 criteria by 3 graders stay fluent; `python -m tests.bench_rubrics` prints more."""

import time
from collections.abc import Callable

from engine.lake import Lake, graded, outputs
from engine.lake.graded import Grade
from engine.rubrics import drift, queue, timeline
from engine.rubrics.history import History
from tests.bench_rubrics import filled


def least(work: Callable[[], object], times: int = 5) -> float:
    """The least of several times in milliseconds: what the work itself takes, whatever else the machine does."""
    told = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        told.append(1000 * (time.perf_counter() - begun))
    return min(told)


def test_a_key_press_is_kept_and_the_next_output_known_in_time() -> None:
    with Lake.open() as lake:
        rubric, made = filled(lake)
        texts = outputs.of_rubric(lake, rubric)
        history = History.read(lake, rubric)
        assert (texts.height, history.grades.height, history.verdicts.height) == (500, 7500, 2500)
        keep = least(lambda: graded.keep(lake, rubric, [Grade(texts["id"][0], made[0], 1, "Ana", "pass")]), 20)
    begun = history.grades.filter(history.grades["output"].is_in(texts["id"][:250].implode()))
    shown = least(lambda: queue.next_showing(texts, history.criteria, begun, "Ana"))
    counted = least(lambda: queue.progress(texts, history.criteria, history.grades))
    first, last = history.grades["graded_at"].min(), history.verdicts["judged_at"].max()
    attributed = least(lambda: drift.change(history, made[0], first, last))
    numbers = least(lambda: timeline.numbers(history, made[0]))
    told = {"keep": keep, "next": shown, "progress": counted, "change": attributed, "timeline": numbers}
    print({name: round(ms, 1) for name, ms in told.items()})
    assert keep < 50
    assert keep + shown < 200
    assert max(counted, attributed) < 200
    assert numbers < 500
