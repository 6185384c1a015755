"""What the documentation says of the code."""

import re
from pathlib import Path

from engine.problems import HANDLING, READINGS, Handling
from engine.runs import asking, keeper, pace, player, precision

RUNNING = (Path(__file__).resolve().parents[1] / "docs" / "running.md").read_text(encoding="utf-8")


def told(name: str, handling: Handling) -> str:
    counts = "yes" if handling.counts else "no"
    return f"| {name.replace('_', ' ')} | {handling.means} | {handling.again or 'never'} | {handling.costs} | {counts} |"


def test_the_table_of_outcomes_is_the_one_the_player_goes_by() -> None:
    rows = [line for line in RUNNING.partition("| outcome |")[2].splitlines()[2:] if line.startswith("|")]
    assert rows == [told(str(name), handling) for name, handling in {**HANDLING, **READINGS}.items()]


def test_the_numbers_in_the_text_are_those_of_the_code() -> None:
    assert f"starts with {pace.START} calls" in RUNNING
    assert f"{keeper.FLUSH_TURNS}\n  replies" in RUNNING
    assert re.search(rf"\({precision.MOST} unless said\)", RUNNING)
    assert (asking.PARK_S, player.BROKEN, precision.FIRST, precision.GROWTH, precision.TELLING) == (600, 20, 2, 1.5, 8)
