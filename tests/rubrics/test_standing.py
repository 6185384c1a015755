"""An edit makes exactly the grades stale that were given under the words before, and nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.rubrics.standing import changed_minds, current, kept, standing
from tests.rubrics.frames import Told

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["edit", "rename", "undo the edit", "retire", "bring back", "grade", "grade", "late grade", "take back"]),
        st.sampled_from("cd"), st.sampled_from("op"), st.sampled_from(["Ana", "Ben"]),
    ),
    max_size=40,
)


class Model:
    """What should come of it, told one row at a time: each grade carries the words it was given under."""

    def __init__(self) -> None:
        self.told = Told()
        self.words = dict.fromkeys("cd", 0)
        self.versions: dict[str, list[int]] = {"c": [], "d": []}
        self.given: list[tuple[str, tuple[str, str, str], int]] = []
        for criterion in "cd":
            self.write(criterion)

    def write(self, criterion: str, **changed) -> None:
        self.told.version(criterion, **changed)
        self.versions[criterion].append(self.words[criterion])

    def step(self, kind: str, criterion: str, output: str, grader: str) -> None:
        words = self.words
        if kind in ("edit", "undo the edit"):
            words[criterion] += 1
            text = "words" if kind == "undo the edit" and words[criterion] % 2 else f"text {len(self.versions[criterion])}"
            if self.told.criteria and [row for row in self.told.criteria if row["criterion"] == criterion][-1]["text"] == text:
                words[criterion] -= 1
            self.write(criterion, text=text)
        elif kind == "rename":
            words[criterion] += 1
            self.write(criterion, name=f"{criterion} {len(self.versions[criterion])}")
            return
        elif kind in ("retire", "bring back"):
            name = [row for row in self.told.criteria if row["criterion"] == criterion][-1]["name"]
            self.write(criterion, state="retired" if kind == "retire" else "active", name=name)
        elif kind in ("grade", "late grade"):
            version = len(self.versions[criterion]) if kind == "grade" else 1
            own = self.told.grade(output, criterion=criterion, version=version, grader=grader)
            self.given.append((own, (output, criterion, grader), self.versions[criterion][version - 1]))
        elif self.given:
            own, *_ = self.given.pop()
            self.told.undo(own)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_a_grade_is_stale_exactly_when_its_criterion_has_other_words_by_now(steps) -> None:
    model = Model()
    for kind, criterion, output, grader in steps:
        if kind == "edit" or kind == "undo the edit":
            # an edit keeps the name, or it would be a rename as well
            name = [row for row in model.told.criteria if row["criterion"] == criterion][-1]["name"]
            before = len(model.told.criteria)
            model.step(kind, criterion, output, grader)
            for row in model.told.criteria[before:]:
                row["name"] = name
        else:
            model.step(kind, criterion, output, grader)
    history = model.told.history()
    found = standing(history.grades, history.criteria)
    newest = {place: (own, words) for own, place, words in model.given}
    assert dict(zip(found["id"], found["stale"], strict=True)) == {
        own: words != model.words[place[1]] for place, (own, words) in newest.items()
    }
    active = {row["criterion"]: row["state"] == "active" for row in model.told.criteria}
    assert all(row["active"] == active[row["criterion"]] for row in found.iter_rows(named=True))
    assert kept(history.grades)["id"].to_list() == [own for own, *_ in model.given]


def test_current_criteria_are_the_active_ones_in_the_order_they_were_begun() -> None:
    told = Told()
    told.version("b")
    told.version("a")
    told.version("x")
    told.version("b", text="other")
    told.version("x", state="retired")
    found = current(told.history().criteria)
    assert found.select("criterion", "version", "wording", "versions").rows() == [("b", 2, 2, 2), ("a", 1, 1, 1)]
    assert current(told.history().criteria, retired=True)["criterion"].to_list() == ["x"]


def test_who_graded_an_output_under_two_wordings_is_listed_with_both() -> None:
    told = Told()
    told.version()
    told.grade("o", "pass")
    told.grade("p", "pass")
    told.grade("p", "fail", again=True)
    told.version(text="stricter")
    told.grade("o", "fail")
    told.version(text="stricter still")
    told.grade("o", "na", grader="Ben")
    found = changed_minds(told.history().grades, told.history().criteria)
    assert found.select("output", "grader", "before", "after", "wording_before", "wording_after").rows() == [
        ("o", "Ana", "pass", "fail", 1, 2),
    ]
