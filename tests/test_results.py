"""What a lake says is worked out once for each moment."""

from pathlib import Path

import pytest

from engine.lake import Lake, runs
from engine.results import FEW, Results, few, once


class Counting:
    def __init__(self) -> None:
        self.worked: list[int] = []

    @once
    def doubled(self, number: int) -> list[int]:
        """Twice a number."""
        self.worked.append(number)
        return [2 * number]

    @few
    def halved(self, number: int) -> float:
        self.worked.append(number)
        return number / 2


def test_an_answer_is_worked_out_once_for_each_object_and_argument() -> None:
    one, other = Counting(), Counting()
    assert one.doubled(3) is one.doubled(3)
    assert one.doubled(4) == [8]
    assert one.worked == [3, 4]
    assert other.worked == []
    assert other.doubled(3) is not one.doubled(3)
    assert Counting.doubled.__doc__ == "Twice a number."


def test_large_answers_are_forgotten_sooner() -> None:
    one = Counting()
    for number in [*range(FEW + 1), 0]:
        one.halved(number)
    assert one.worked == [*range(FEW + 1), 0], "the first was thrown out by the ninth"
    one.halved(0)
    assert len(one.worked) == FEW + 2


def test_it_knows_the_snapshot_that_it_began_on_and_an_earlier_one_reads_what_was_there(tmp_path: Path) -> None:
    with Lake.open(str(tmp_path / "lake")) as lake:
        before = Results(lake)
        assert before.snapshot == runs.snapshot(lake)
        assert before.models() == []
        assert before.lenses() == []
        assert before.sources() == {}
        runs.begin(lake, "r", plan={}, seed=1, asked_by="test", versions={})
        assert Results(lake).snapshot > before.snapshot
        with lake.at(before.snapshot) as then:
            assert Results(then).snapshot == before.snapshot
            assert runs.listed(then).is_empty()


def test_a_list_of_models_is_not_a_key(tmp_path: Path) -> None:
    with Lake.open(str(tmp_path / "lake")) as lake, pytest.raises(TypeError):
        Results(lake).lenses(["a list"])  # type: ignore[arg-type]
