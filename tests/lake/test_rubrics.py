"""Rubrics, their outputs, assertions and choices as rows."""

import json
from pathlib import Path

import pytest

from engine.conversation import Reading
from engine.lake import Lake, assertions, outputs, rubrics, runs, turns, versions
from engine.lake.assertions import Judged
from engine.lake.outputs import Wanted
from engine.problems import PlumblineError, Problem, UsageError
from engine.turns import Trial
from tests.lake.test_lake import turn


def played(lake: Lake, n: int = 12, run: str = "r1") -> None:
    """`n` conversations of two turns each about shipped dilemmas, one that failed, and one of another benchmark."""
    from engine.benchmarks import benchmark

    items = benchmark("dilemmas").items
    made = []
    for at in range(n):
        item = items[at % len(items)]
        trial = Trial("maker/model", "dilemmas", "1", item.id, item.stem, {"order": "vdc"}, 1 + at // len(items), 7)
        made += [
            turn(0, run=run, trial=trial, item=item.id, last=False, reply="<think>B?</think>A"),
            turn(1, run=run, trial=trial, item=item.id, messages=[{"role": "user", "content": "Sure?"}], reply=f"Yes, A ({at})"),
        ]
    failed = Trial("maker/model", "dilemmas", "1", "failed", "s", {}, 1, 7)
    free = Trial("maker/other", "gone", "1", "free", "s", {}, 1, 7)
    made += [turn(run=run, trial=failed, problem=Problem.TIMED_OUT)]
    made += [turn(run=run, trial=free, item="free", reply="In my view …", reading=Reading("text", text="In my view …"))]
    turns.append(lake, made)


def test_names_are_kept_version_by_version_and_the_later_of_two_is_told() -> None:
    with Lake.open() as lake:
        one = rubrics.create(lake, "  Open   answers ", "Ana", "for May")
        assert rubrics.rename(lake, one, 1, "Answers", "Ben") == 2
        with pytest.raises(versions.ChangedMeanwhile, match=r"the rubric was changed meanwhile by Ben"):
            rubrics.rename(lake, one, 1, "Lost", "Cid")
        assert rubrics.history(lake, one).select("name", "note", "made_by").rows() == [
            ("Open answers", "for May", "Ana"), ("Answers", "for May", "Ben"),
        ]
        rubrics.remove(lake, one, 2, "Ben")
        assert rubrics.listed(lake).is_empty()
        assert rubrics.listed(lake, removed=True)["id"].to_list() == [one]
        rubrics.bring_back(lake, one, 3, "Ben")
        assert rubrics.listed(lake).select("name", "outputs", "criteria", "grades", "graders").rows() == [("Answers", 0, 0, 0, 0)]
        for bad, why in ((" ", "needs a name"), ("x" * 201, "201 characters")):
            with pytest.raises(UsageError, match=why):
                rubrics.create(lake, bad, "me")
        with pytest.raises(UsageError, match="rubric 'none' is not in this lake; the Criteria page"):
            rubrics.find(lake, "none")


def test_outputs_of_a_run_carry_the_conversation_the_item_and_where_they_come_from() -> None:
    with Lake.open() as lake:
        played(lake)
        one = rubrics.create(lake, "One", "me")
        wanted = Wanted("r1", benchmark="dilemmas")
        assert outputs.available(lake, wanted) == 12
        taken = outputs.take(lake, one, wanted, 8, "me", seed=3)
        assert (taken.added, taken.there_before, taken.not_chosen) == (8, 0, 4)
        found = outputs.of_rubric(lake, one)
        assert found["place"].to_list() == list(range(8))
        assert found["sample"].to_list() == ["audit"] * 4 + ["informative"] * 4
        told = outputs.find(lake, one, found["id"][0])
        assert told["prompt"] == "User: Which?\n\nAssistant: A\n\nUser: Sure?"
        assert told["reply"].startswith("Yes, A (")
        assert told["origin"]["turn"] == 1
        assert told["origin"]["condition"] == {"order": "vdc"}
        assert (told["batch"], told["source"]) == ("r1", "measured")
        assert told["fields"], "the shipped item's fields"
        assert "prompt" not in outputs.of_rubric(lake, one, whole=False).columns
        more = outputs.take(lake, one, wanted, 100, "me", audit=0)
        assert (more.added, more.there_before, more.not_chosen) == (4, 8, 0)
        assert outputs.of_rubric(lake, one)["place"].to_list() == list(range(12))
        assert outputs.of_rubric(lake, one)["sample"].to_list()[8:] == ["informative"] * 4
        assert outputs.take(lake, one, wanted, 5, "me").added == 0
        with pytest.raises(UsageError, match="no reply of this run fits"):
            outputs.take(lake, one, Wanted("r2"), 5, "me")
        with pytest.raises(UsageError, match="at least one output"):
            outputs.take(lake, one, wanted, 0, "me")


def test_the_choice_is_random_seeded_and_free_text_can_be_asked_for() -> None:
    with Lake.open() as lake:
        played(lake)
        picked = []
        for seed in (1, 1, 2):
            one = rubrics.create(lake, "One", "me")
            outputs.take(lake, one, Wanted("r1", model="maker/model"), 6, "me", seed=seed)
            picked.append([json.loads(told)["item"] for told in outputs.of_rubric(lake, one)["origin"]])
        assert picked[0] == picked[1] or sorted(picked[0]) != sorted(picked[2])
        one = rubrics.create(lake, "Free", "me")
        outputs.take(lake, one, Wanted("r1", readings=("text",)), 6, "me")
        assert outputs.of_rubric(lake, one).select("prompt", "reply", "fields").rows() == [("Which?", "In my view …", "{}")]


def test_outputs_of_the_next_run_on_the_same_items_keep_their_samples() -> None:
    with Lake.open() as lake:
        played(lake)
        one = rubrics.create(lake, "One", "me")
        outputs.take(lake, one, Wanted("r1", benchmark="dilemmas"), 6, "me")
        played(lake, run="r2")
        taken = outputs.take(lake, one, Wanted("r2", benchmark="dilemmas"), 99, "me", like="r1")
        assert (taken.added, taken.not_chosen) == (6, 0)
        told = [
            {(json.loads(row["origin"])["item"], row["sample"]) for row in outputs.of_rubric(lake, one).iter_rows(named=True)
             if row["batch"] == run}
            for run in ("r1", "r2")
        ]
        assert told[0] == told[1]


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_outputs_of_a_file_and_its_bad_rows(ending: str, tmp_path: Path) -> None:
    path = tmp_path / "upload.tmp"
    if ending == "csv":
        path.write_text('prompt,reply,place\nWhy?,Because,Rome\n,Nothing,Rome\nWhy?,"Two\nlines",Oslo\nWhy?,too,many,cells\n')
    else:
        path.write_text(
            '{"prompt": "Why?", "reply": "Because", "place": "Rome", "n": {"a": 1}}\n{"reply": "Nothing"}\n'
            '{"prompt": "Why?", "reply": "Two\\nlines"}\n\nno json\n'
        )
    with Lake.open() as lake:
        one = rubrics.create(lake, "One", "me")
        taken = outputs.bring(lake, one, path, "me", name=f"mine.{ending}")
        assert taken.added == 2
        assert [told.split(":")[0] for told in taken.refused] == (
            ["mine.csv, line 3", "mine.csv, line 6"] if ending == "csv" else ["mine.jsonl, line 2", "mine.jsonl, line 5"]
        )
        found = {row["reply"]: row for row in outputs.of_rubric(lake, one).iter_rows(named=True)}
        assert json.loads(found["Because"]["fields"])["place"] == "Rome"
        assert found["Because"]["source"] == "imported"
        assert json.loads(found["Two\nlines"]["origin"])["file"] == f"mine.{ending}"
        assert outputs.bring(lake, one, path, "me", name=f"mine.{ending}").there_before == 2


@pytest.mark.parametrize(("name", "content", "why"), [
    ("a.txt", "x", "no CSV or JSONL"), ("a.csv", "prompt,answer\nx,y\n", "reply is missing"), ("a.csv", "", "is empty"),
    ("a.csv", "prompt,reply,reply\nx,y,z\n", "reply comes twice"), ("a.jsonl", "[]\n", "no sound row; a.jsonl, line 1"),
])
def test_a_file_that_cannot_be_used_is_told_in_a_line(name: str, content: str, why: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content)
    with Lake.open() as lake:
        one = rubrics.create(lake, "One", "me")
        with pytest.raises(PlumblineError, match=why) as raised:
            outputs.bring(lake, one, tmp_path / name, "me")
        assert "\n" not in str(raised.value)
        with pytest.raises(UsageError, match="no file"):
            outputs.bring(lake, one, tmp_path / "none.csv", "me")


def test_assertions_their_verdicts_choices_and_attachments() -> None:
    with Lake.open() as lake:
        one = rubrics.create(lake, "One", "me")
        sql = assertions.add(lake, one, "c", 1, "sql", {"expression": "length(reply) > 3"}, "me")
        judge = assertions.add(lake, one, "c", 2, "judge", {"prompt": "…", "model": "m"}, "me")
        assertions.retire(lake, sql, "Ana")
        assertions.retire(lake, sql, "Ana")
        assert assertions.listed(lake, one).select("assertion", "version", "retired").rows() == [(sql, 2, True), (judge, 1, False)]
        assert assertions.find(lake, sql)["content"] == {"expression": "length(reply) > 3"}
        told = [Judged(judge, "o", "d", "pass", model="m", cost_usd=0.1), Judged(sql, "o", "d", "error", "why")]
        assertions.keep_verdicts(lake, one, told)
        assert assertions.verdicts(lake, one).select("assertion", "outcome", "cost_usd").sort("outcome").rows() == [
            (sql, "error", None), (judge, "pass", 0.1),
        ]
        assertions.choose(lake, one, "c", judge, "me", "best")
        assertions.choose(lake, one, "c", None, "me")
        assert assertions.choices(lake, one)["assertion"].to_list() == [judge, None]
        assertions.attach(lake, one, "c", judge, "regions", "me")
        assert assertions.attached_to(lake, "regions").select("rubric", "criterion", "assertion").rows() == [(one, "c", judge)]
        assertions.attach(lake, one, "c", judge, "regions", "me", removed=True)
        assert assertions.attached_to(lake, "regions").is_empty()
        for call in (
            lambda: assertions.add(lake, one, "c", 1, "python", {}, "me"),
            lambda: assertions.keep_verdicts(lake, one, [Judged(sql, "o", "d", "maybe")]),
        ):
            with pytest.raises(UsageError, match="is no"):
                call()


def test_a_stamp_changes_with_every_write_of_the_rubric_and_no_other() -> None:
    with Lake.open() as lake:
        one, other = rubrics.create(lake, "One", "me"), rubrics.create(lake, "Other", "me")
        before = rubrics.stamp(lake, one)
        assertions.choose(lake, other, "c", None, "me")
        assert rubrics.stamp(lake, one) == before
        assertions.choose(lake, one, "c", None, "me")
        assert rubrics.stamp(lake, one) != before


def test_a_rubric_can_be_read_as_it_was() -> None:
    with Lake.open() as lake:
        played(lake)
        one = rubrics.create(lake, "One", "me")
        outputs.take(lake, one, Wanted("r1"), 3, "me")
        then = runs.snapshot(lake)
        outputs.take(lake, one, Wanted("r1"), 3, "me", seed=1)
        with lake.at(then) as past:
            assert outputs.of_rubric(past, one).height == 3
        assert outputs.of_rubric(lake, one).height == 6
