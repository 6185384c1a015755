"""Which trials a plan holds."""

from collections import Counter
from collections.abc import Collection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.benchmark import Benchmark, Item, Lens
from engine.benchmarks import benchmark
from engine.conversation import Condition, Conversation
from engine.models.catalogue import Model
from engine.problems import UsageError
from engine.runs.plan import MOST_EPOCHS, Assignment, Epochs, Part, Plan, posed, wanted_levels

ITEMS = [Item(f"i{n}", f"s{n // 2}", {}) for n in range(4)]
SHADES = ("light", "dark")
ONE, TWO = (Model(name=name, model=f"openai/{name}") for name in ("one", "two"))


def talk(item: Item, condition: Condition, seed: int) -> Conversation:
    raise AssertionError("planning holds no conversation")


def bench(name: str) -> Benchmark:
    return Benchmark(
        name, name, "1", "dilemmas", (), {"shade": SHADES}, Lens("?", "m", "f", "l", "none"), "", conversation=talk,
        design=lambda items, levels: [(item, {"shade": shade}) for item in items for shade in levels.get("shade", SHADES)],
    )


A, B = bench("a"), bench("b")


def part(model: Model = ONE, of: Benchmark = A, epochs: int = 1, ended: Collection[str] = (), seed: int = 0) -> Part:
    made = Part(model, of, posed(of, ITEMS, {}), seed)
    made.want(lambda _: range(1, epochs + 1), ended)
    return made


def key(one: Assignment) -> str:
    return one.trial.key


def test_levels_add_up_over_commas_and_repeats_and_are_told_by_field() -> None:
    assert wanted_levels(["shade=light, dark", " order =all", "shade=grey"]) == {"shade": ["light", "dark", "grey"], "order": ["all"]}
    assert wanted_levels(["push=a=b"]) == {"push": ["a=b"]}
    assert wanted_levels([]) == {}


def test_only_the_levels_asked_for_are_posed() -> None:
    assert [condition["shade"] for _, condition in posed(A, ITEMS, {"shade": ["dark"]})] == ["dark"] * 4
    assert len(posed(A, ITEMS, {"shade": ["all"]})) == 8


@pytest.mark.parametrize("levels", [["dark", "dark"], ["dark", "light", "dark"], ["all", "dark"]])
def test_a_level_named_twice_is_posed_once(levels: list[str]) -> None:
    found = Counter((item.id, condition["shade"]) for item, condition in posed(A, ITEMS, {"shade": levels}))
    assert set(found.values()) == {1}


def test_a_benchmark_of_imported_logs_cannot_be_played_and_says_how_to_fill_it() -> None:
    with pytest.raises(UsageError, match="holds imported logs and cannot be played; fill it with `python -m engine import triethix PATH`"):
        posed(benchmark("triethix"), (), {})


def test_every_item_is_asked_in_every_condition_and_epoch_once() -> None:
    every = Plan([part(epochs=3)])
    found = [(one.trial.item, one.trial.condition["shade"], one.trial.epoch) for one in every.trials("one")]
    assert Counter(found) == Counter((item.id, shade, epoch) for item in ITEMS for shade in SHADES for epoch in (1, 2, 3))


def test_a_trial_carries_all_that_tells_it_apart() -> None:
    (found,) = [one for one in Plan([part(TWO, B)]).trials("two") if (one.trial.item, one.trial.condition["shade"]) == ("i2", "dark")]
    assert (found.model, found.benchmark, found.item) == (TWO, B, ITEMS[2])
    trial = found.trial
    assert (trial.model, trial.benchmark, trial.version, trial.stem, trial.epoch) == ("two", "b", "1", "s1", 1)


def test_a_seed_is_the_administrations_and_the_runs() -> None:
    """All items of one benchmark, condition and epoch share it, so that they are one respondent's; another seed is another's."""
    first = [*Plan([part(epochs=2)]).trials("one"), *Plan([part(of=B)]).trials("one")]
    seeds = {(one.trial.benchmark, one.trial.condition["shade"], one.trial.epoch): one.trial.seed for one in first}
    assert all(one.trial.seed == seeds[one.trial.benchmark, one.trial.condition["shade"], one.trial.epoch] for one in first)
    assert len(set(seeds.values())) == len(seeds) == 6
    assert not set(seeds.values()) & {one.trial.seed for one in Plan([part(seed=1)]).trials("one")}


@given(st.integers(0, 7), st.integers(1, MOST_EPOCHS))
def test_the_number_of_a_trial_stands_for_it_alone(place: int, epoch: int) -> None:
    made = Part(ONE, A, posed(A, ITEMS, {}), 0)
    made.want(lambda condition: range(epoch, epoch + 1), ())
    found = made.at(made.left[place])
    assert found == made.assignment(place, epoch)
    assert (found.item, found.trial.condition, found.trial.epoch) == (*made.posed[place], epoch)
    assert len(set(made.left)) == 8


def test_epochs_may_differ_by_condition() -> None:
    made = Part(ONE, A, posed(A, ITEMS, {}), 0)
    uneven: Epochs = lambda condition: range(3, 5) if condition["shade"] == "dark" else range(0)  # noqa: E731
    made.want(uneven, ())
    found = Counter((one.trial.condition["shade"], one.trial.epoch) for one in Plan([made]).trials("one"))
    assert found == {("dark", 3): 4, ("dark", 4): 4}


@given(st.sets(st.integers(0, 23)))
def test_what_was_played_before_is_left_out_and_the_rest_is_played(before: set[int]) -> None:
    keys = sorted(key(one) for one in Plan([part(epochs=3)]).trials("one"))
    ended = {keys[number] for number in before}
    rest = Plan([part(epochs=3, ended=ended)])
    assert {key(one) for one in rest.trials("one")} == set(keys) - ended
    assert (len(rest), rest.before) == (24 - len(before), len(before))
    assert bool(rest.models) == (len(before) < 24)


def test_another_models_trials_count_for_nothing() -> None:
    ended = {key(one) for one in Plan([part(ONE)]).trials("one")}
    assert len(Plan([part(TWO, ended=ended)])) == 8


def test_a_plan_counts_by_model_over_its_benchmarks() -> None:
    done = {key(one) for one in Plan([part(TWO, B)]).trials("two")}
    plan = Plan([part(ONE, A, 2), part(TWO, B, ended=done), part(ONE, B)])
    assert plan.by_model() == {"one": 24}
    assert plan.models == {"one": ONE}
    assert (len(plan), plan.before) == (24, 8)
    assert len(Plan()) == Plan().before == 0
    assert list(plan.trials("two")) == []


def test_the_order_is_mixed_always_the_same_and_another_for_each_model() -> None:
    def order(model: Model) -> list[tuple[str, str, int]]:
        plan = Plan([part(model, A, 4), part(model, B, 4)])
        return [(one.trial.benchmark, one.trial.item, one.trial.epoch) for one in plan.trials(model.name)]

    first = order(ONE)
    assert first == order(ONE)
    assert first != order(TWO)
    assert sorted(first) == sorted(order(TWO))
    assert 8 < sum(name == "a" for name, _, _ in first[:32]) < 24, "both benchmarks are under way from the start"
