"""The Criteria page: every step with nothing there, with a rubric that is graded and judged, and with what cannot be taken."""

import io
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from engine.commands import checking
from engine.lake import Lake, assertions, graded, outputs, rubrics
from engine.lake.graded import Grade, Verdict
from engine.rubrics import editing
from engine.rubrics.editing import Draft
from pages import serving, workbench
from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401

PAGE = "criteria/criteria.py"
STEPS = ("Outputs", "Criteria", "Grades", "Assertions", "Report card", "Drift")
COLUMNS = {"prompt": "text", "reply": "text"}


def made(lake: Lake, n: int = 24) -> tuple[str, list[str]]:
    """A rubric with outputs and two criteria; the ids."""
    rubric = rubrics.create(lake, "Polite refusals", "tester")
    path = lake.address.folder.parent / "replies.csv"  # pyright: ignore[reportOptionalMemberAccess]
    rows = [f"Question {at}?,{'Sorry: no.' if at % 3 else 'No.'} Reply {at}" for at in range(n)]
    path.write_text("prompt,reply\n" + "\n".join(rows) + "\n")
    outputs.bring(lake, rubric, path, "tester")
    drafts = [Draft("Apologises", "The reply says sorry."), Draft("Short", "The reply is short.")]
    return rubric, [own for own, _ in editing.add(lake, rubric, drafts, "tester", "to begin with")]


def filled_rubric(folder: Path) -> tuple[str, list[str]]:
    """The same, graded by two people and judged by an SQL check."""
    with Lake.open(str(folder)) as lake:
        rubric, (one, other) = made(lake)
        there = outputs.of_rubric(lake, rubric)
        replies = there.select("id", "reply").iter_rows()
        told: list[tuple[Verdict, str]] = [("pass" if "Sorry" in reply else "fail", own) for own, reply in replies]
        flipped: dict[Verdict, Verdict] = {"pass": "fail", "fail": "pass"}
        graded.keep(lake, rubric, [Grade(own, one, 1, "Ana", verdict) for verdict, own in told])
        graded.keep(lake, rubric, [Grade(own, one, 1, "Ben", flipped[v] if at == 0 else v) for at, (v, own) in enumerate(told[:9])])
        assertions.add(lake, rubric, one, 1, "sql", {"expression": "contains(reply, 'Sorry')", "columns": COLUMNS}, "tester")
        assertions.add(lake, rubric, one, 1, "sql", {"expression": "length(reply) > 11", "columns": COLUMNS}, "tester")
        checking.check(lake, rubric)
        _, version = editing.edit(lake, other, 1, Draft("Short", "The reply has one sentence."), "tester", "short was vague")
        assert version == 2
    return rubric, [one, other]


def button(app: AppTest, label: str):
    (found,) = [one for one in app.button if one.label == label]
    return found


@pytest.mark.parametrize("step", STEPS)
def test_a_step_with_nothing_there_says_what_to_do(step: str, lake_folder: Path, monkeypatch) -> None:
    app = opened(PAGE, lake_folder, monkeypatch, step=step)
    assert not app.exception
    assert app.title[0].value.startswith("Can the grader be trusted")
    assert "No rubric yet" in words(app)
    with Lake.open(str(lake_folder)) as lake:
        rubric = rubrics.create(lake, "Empty", "tester")
    app = opened(PAGE, lake_folder, monkeypatch, step=step, rubric=rubric)
    assert not app.exception
    assert "No outputs" in words(app) or "No criteria yet" in words(app)


def test_every_step_of_a_rubric_that_is_graded_and_judged(lake_folder: Path, monkeypatch) -> None:
    rubric, _ = filled_rubric(lake_folder)
    said: dict[str, str] = {}
    report = AppTest.from_string("")
    for step in STEPS:
        app = opened(PAGE, lake_folder, monkeypatch, step=step, rubric=rubric, grader="Ana")
        assert not app.exception, step
        said[step] = words(app).replace("\\", "")
        if step == "Report card":
            report = app
    assert "24 outputs, 12 of them in the audit sample" in said["Outputs"]
    assert "The reply has one sentence." in said["Criteria"]
    assert "short was vague" in said["Criteria"]
    assert "Nothing is due" in said["Assertions"]
    assert "Assertion: SQL: contains(reply, 'Sorry') (chosen by the grades)." in said["Report card"]
    (missing,) = [one.value for one in report.info]
    assert "Nobody has graded an output under this criterion" in missing
    tables = [frame.value for frame in report.dataframe]
    measures = next(frame for frame in tables if "measure" in frame.columns)
    people = next(frame for frame in tables if "raw agreement" in frame.columns)
    assert measures.set_index("measure").loc["coverage (TNR)", "value"].startswith("100 %")
    assert people.iloc[1]["raw agreement"] == "not computable"
    assert "The rubric, as seen in people's grades: unchanged" in said["Drift"]


def test_reasons_are_asked_for_and_given_back(lake_folder: Path, monkeypatch) -> None:
    with Lake.open(str(lake_folder)) as lake:
        rubric, _ = made(lake, 4)
    app = opened(PAGE, lake_folder, monkeypatch, step="Criteria", rubric=rubric)
    saved = next(one for one in app.button if one.label == "Save")
    next(one for one in app.text_area if one.value == "The reply says sorry.").set_value("It says sorry once.")
    app = saved.click().run()
    assert "say why the criterion changes" in app.error[0].value
    app = next(one for one in app.button if one.label == "Add").click().run()
    assert "needs a name" in app.error[0].value
    app = opened(PAGE, lake_folder, monkeypatch, step="Assertions", rubric=rubric)
    app.text_area[0].set_value("(SELECT count(*) FROM read_csv('/etc/passwd')) > 0")
    app = next(one for one in app.button if one.label == "Add").click().run()
    assert app.error
    with Lake.open(str(lake_folder)) as lake:
        assert assertions.listed(lake, rubric).is_empty()
    app.text_area[0].set_value("length(reply) < 20")
    app = next(one for one in app.button if one.label == "Add").click().run()
    assert not app.error
    assert "4 verdicts of 1 assertions on 4 outputs (4 by SQL, no calls)" in words(app).replace("\\", "")


def test_a_file_with_bad_rows_is_taken_and_its_bad_rows_are_told(lake_folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE", str(lake_folder))
    with Lake.open(str(lake_folder)) as lake:
        rubric = rubrics.create(lake, "From a file", "tester")
    app = opened(PAGE, lake_folder, monkeypatch, step="Outputs", rubric=rubric)
    told = io.BytesIO(b'{"prompt": "a", "reply": "b"}\nnot json\n{"prompt": "c", "reply": "d"}\n').getvalue()
    uploader = next(one for one in app.file_uploader if one.key == "take-file")
    app = uploader.set_value(("replies.jsonl", told, "application/jsonl")).run()
    app = button(app, "Take them").click().run()
    assert not app.exception
    assert "2 outputs were taken" in app.success[0].value
    assert "1 rows could not be read" in app.error[0].value
    assert "line 2" in app.error[0].value


def test_whoever_may_only_look_sees_everything_and_changes_nothing(lake_folder: Path, monkeypatch) -> None:
    rubric, _ = filled_rubric(lake_folder)
    monkeypatch.setenv("PLUMBLINE_EDITORS", "none")
    for step in STEPS:
        app = opened(PAGE, lake_folder, monkeypatch, step=step, rubric=rubric, grader="Ana")
        assert not app.exception
        assert not [one.label for one in app.button], step
    with pytest.raises(Exception, match="may look here"):
        serving.pressed(rubric, "Ana", [{"id": "1", "kind": "undo"}])


def test_presses_are_kept_once_and_grades_of_others_stay_unseen(lake_folder: Path, monkeypatch) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE", str(lake_folder))
    with Lake.open(str(lake_folder)) as lake:
        rubric, (one, other) = made(lake, 6)
    first, second = serving.ahead(rubric, "Ana")[:2]
    press = {"kind": "grade", "output": first["output"], "again": False, "version": 1, "note": "", "seconds": 1.5}
    presses = [{**press, "id": "1", "criterion": one, "verdict": "pass"}, {**press, "id": "2", "criterion": other, "verdict": "fail"}]
    for _ in range(2):
        serving.pressed(rubric, "Ana", presses)
    assert serving.acked(rubric, "Ana", presses) == ["1", "2"]
    assert serving.ahead(rubric, "Ana")[0]["output"] == second["output"], "what waited in the browser is what comes"
    assert serving.ahead(rubric, "Ben")[0]["given"] == {}
    assert "could not be read" in serving.pressed(rubric, "Ana", [{**press, "id": "0", "criterion": one, "verdict": "<b>"}])
    serving.pressed(rubric, "Ana", [{"id": "3", "kind": "undo"}])
    back = serving.ahead(rubric, "Ana")[0]
    assert (back["output"], back["given"]) == (first["output"], {one: "pass"})
    with Lake.open(str(lake_folder)) as lake:
        assert graded.all_of(lake, rubric)["verdict"].to_list() == ["pass", "fail", "withdrawn"]
        graded.keep(lake, rubric, [Grade(first["output"], other, 1, "Ana", "na")])
    assert serving.ahead(rubric, "Ana")[0]["output"] == second["output"], "what another process writes is seen"


def test_a_rubric_leaves_and_comes_back(lake_folder: Path, monkeypatch) -> None:
    rubric, _ = filled_rubric(lake_folder)
    monkeypatch.setenv("PLUMBLINE_LAKE", str(lake_folder))
    for form, name in (("yaml", "r.yaml"), ("pytest", "test_r.py")):
        again = workbench.brought(name, workbench.exported(rubric, form).encode())
        assert workbench.criteria(again)["text"].to_list() == workbench.criteria(rubric)["text"].to_list()
    with pytest.raises(Exception, match="not an exported rubric"):
        workbench.brought("r.yaml", b"a: 1")
