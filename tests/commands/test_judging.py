"""Free answers read by judges: chosen per run, kept as turns, never doubled; and conversations that go on in the middle."""

import contextlib
import signal
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.benchmarks import benchmark
from engine.commands.controlling import command_of, delete
from engine.commands.foretelling import foretold
from engine.commands.playing import play, resume
from engine.commands.request import Request, recalled
from engine.lake import Lake, runs
from engine.models.catalogue import Model
from engine.models.gateway import Call, DirectGateway, Reply
from engine.problems import CallFailed, Problem, UsageError
from engine.runs.budget import Ceilings
from engine.runs.precision import Precision
from tests.processes import command, environment, until
from tests.servers.faulty import Server, serve

ITEMS = len(benchmark("regions").items)
OPEN = ("answer=open", "strategy=direct")
JUDGES = ("simulated/random", "simulated/pliable")


def asked(
    judges: Sequence[str] = JUDGES, models: Sequence[str] = ("simulated/steady",), conditions: Sequence[str] = OPEN, **more
) -> Request:
    return Request(models, ["regions"], conditions, judges=judges, **more)


def told(lake: Lake, sql: str) -> list[tuple]:
    return lake.read(sql).rows()


@pytest.fixture
def lake() -> Iterator[Lake]:
    with Lake.open() as opened:
        yield opened


def test_every_free_answer_is_read_by_every_judge_part_by_part_and_once_and_the_run_tells_its_judges(lake: Lake) -> None:
    outcome = play(lake, asked(), gateway=DirectGateway())
    answered = told(lake, "SELECT count(*) FROM turns WHERE role = 'subject' AND reading = 'text'")[0][0]
    assert outcome.counts["planned"] == ITEMS + 2 * answered
    by_judge = dict(told(lake, "SELECT model, count(DISTINCT judged) FROM turns WHERE role = 'judge' GROUP BY model"))
    assert by_judge == dict.fromkeys(JUDGES, answered)
    steps = {row[0] for row in told(lake, "SELECT DISTINCT step FROM turns WHERE role = 'judge'")}
    assert steps == {"answer type", "norms stated", "truth of norms", "norms on record"}
    orphans = (
        "SELECT count(*) FROM turns AS told WHERE role = 'judge' AND NOT EXISTS"
        " (SELECT 1 FROM turns AS mine WHERE mine.trial = told.judged AND mine.run = told.judged_run)"
    )
    assert told(lake, orphans) == [(0,)]
    assert told(lake, "SELECT DISTINCT model FROM estimates") == [("simulated/steady",)], "a judge is not measured by judging"
    assert play(lake, asked(), gateway=DirectGateway()).run is None
    written = runs.find(lake, outcome.run or "")
    assert list(recalled(written)[0].judges) == list(JUDGES)
    assert "--judge simulated/random --judge simulated/pliable" in command_of(written)


def test_another_judge_reads_what_is_there_and_asks_the_model_nothing(lake: Lake) -> None:
    first = play(lake, asked(()), gateway=DirectGateway())
    assert told(lake, "SELECT count(*) FROM turns WHERE role = 'judge'") == [(0,)]
    second = play(lake, asked(JUDGES[:1]), gateway=DirectGateway())
    assert told(lake, f"SELECT DISTINCT model, role FROM turns WHERE run = '{second.run}'") == [(JUDGES[0], "judge")]
    found = told(lake, f"SELECT count(*) FROM estimates WHERE run = '{second.run}' AND model = 'simulated/steady' AND metric = 'coverage'")
    assert found[0][0] > 0
    assert first.run != second.run


def test_answers_asked_afresh_are_read_afresh(lake: Lake) -> None:
    play(lake, asked(JUDGES[:1]), gateway=DirectGateway())
    again = play(lake, asked(JUDGES[:1], fresh=True), gateway=DirectGateway())
    assert told(lake, f"SELECT DISTINCT judged_run = '{again.run}' FROM turns WHERE run = '{again.run}' AND role = 'judge'") == [(True,)]


@pytest.mark.parametrize(("request_", "said"), [
    (asked(["simulated/steady"]), "would judge its own answers"),
    (asked(models=["openai/gpt-4o"]), "is simulated and cannot read the answers of 'openai/gpt-4o'"),
    (asked(conditions=["strategy=direct"]), "a judge has nothing to read.*answer=open"),
    (asked(["nobody"]), "no model 'nobody'"),
])
def test_who_may_not_judge_is_said_before_anything_is_asked(lake: Lake, request_: Request, said: str) -> None:
    with pytest.raises(UsageError, match=said) as raised:
        play(lake, request_, gateway=DirectGateway())
    assert "\n" not in str(raised.value)
    with pytest.raises(UsageError):
        foretold(lake, request_)
    assert told(lake, "SELECT count(*) FROM runs") == [(0,)]


def test_a_model_under_another_name_still_judges_itself(lake: Lake, tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "models.toml").write_text(
        "".join(f'[models."{name}"]\nmodel = "simulated/steady"\n' for name in ("simulated/steady", "other")))
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path / "models.toml"))
    with pytest.raises(UsageError, match="would judge its own answers"):
        play(lake, asked(["other"]), gateway=DirectGateway())
    insisted = play(lake, asked(["other"], judge_itself=True), gateway=DirectGateway())
    assert insisted.state == "complete"


class Nonsense(DirectGateway):
    """A judge that says what no part of its task can be read from."""

    def __init__(self, who: str) -> None:
        self._who = who

    async def reply(self, model: Model, call: Call) -> Reply:
        return Reply("Well, well.", cost_usd=0.0) if model.name == self._who else await super().reply(model, call)


def test_a_judge_that_answers_nonsense_leaves_answers_ungraded_and_counted(lake: Lake) -> None:
    outcome = play(lake, asked(), gateway=Nonsense(JUDGES[0]))
    rows = dict(told(lake, f"SELECT facet, value FROM estimates WHERE metric = 'graded' AND facet LIKE '%{JUDGES[0]}'"))
    assert rows == {f"graded by {JUDGES[0]}": 0.0, f"ungraded by {JUDGES[0]}": 1.0, f"not read yet by {JUDGES[0]}": 0.0}
    assert told(lake, f"SELECT count(*) FROM estimates WHERE metric = 'regional_score' AND facet LIKE 'direct by {JUDGES[0]}%'") == [(0,)]
    assert outcome.counts["unread"] >= ITEMS * 0.9


def test_a_ceiling_reached_while_judging_stops_the_run_and_it_goes_on(lake: Lake) -> None:
    stopped = play(lake, asked(JUDGES[:1], ceilings=Ceilings(calls=ITEMS + 40)), gateway=DirectGateway())
    assert stopped.state == "stopped"
    assert stopped.run
    whole = resume(lake, stopped.run, gateway=DirectGateway(), ceilings=Ceilings(calls=100_000))
    assert whole.state == "complete"
    ended = sum(whole.counts[name] for name in ("answered", "unread", "refused", "failed"))
    assert whole.counts["planned"] == ended
    assert told(lake, "SELECT count(*), count(DISTINCT (trial, turn)) FROM turns")[0][0] == told(
        lake, "SELECT count(DISTINCT (trial, turn)) FROM turns")[0][0]


def test_what_judging_takes_is_foretold(lake: Lake) -> None:
    rows, _ = foretold(lake, asked(JUDGES[:1]))
    by_name = {row.model: row for row in rows}
    assert by_name[JUDGES[0]].trials == ITEMS
    least, most = by_name[JUDGES[0]].calls
    assert least == ITEMS
    assert 3.5 * ITEMS < most < 4 * ITEMS, "the record is not asked for where there is none"
    play(lake, asked(()), gateway=DirectGateway())
    later = {row.model: row for row in foretold(lake, asked(JUDGES[:1]))[0]}
    assert set(later) == {JUDGES[0]}


def test_the_same_model_under_two_names_is_one_judge(lake: Lake, tmp_path: Path, monkeypatch) -> None:
    names = {"simulated/steady": "steady", "one": "pliable", "two": "pliable"}
    (tmp_path / "models.toml").write_text("".join(f'[models."{name}"]\nmodel = "simulated/{who}"\n' for name, who in names.items()))
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path / "models.toml"))
    with pytest.raises(UsageError, match="are the same model"):
        play(lake, asked(["one", "two"]), gateway=DirectGateway())


def test_a_run_goes_on_with_the_judges_it_was_asked_for(lake: Lake, tmp_path: Path, monkeypatch) -> None:
    models = tmp_path / "models.toml"
    monkeypatch.setenv("PLUMBLINE_MODELS", str(models))
    models.write_text('[models."simulated/steady"]\nmodel = "simulated/steady"\n[models."j"]\nmodel = "simulated/pliable"\n')
    stopped = play(lake, asked(["j"], ceilings=Ceilings(calls=ITEMS + 40)), gateway=DirectGateway())
    models.write_text('[models."simulated/steady"]\nmodel = "simulated/steady"\n')
    assert stopped.run
    request, _ = recalled(runs.find(lake, stopped.run))
    assert [judge.model for judge in request.judging] == ["simulated/pliable"]
    assert resume(lake, stopped.run, gateway=DirectGateway(), ceilings=Ceilings(calls=100_000)).state == "complete"


@pytest.mark.parametrize(("precision", "conditions"), [
    ("coverage=0.05", OPEN), ("regional_score=0.1", OPEN), ("graded=0.1", ["answer=all"]),
])
def test_a_precision_that_would_have_to_wait_for_judges_is_refused(lake: Lake, precision: str, conditions) -> None:
    with pytest.raises(UsageError, match="--precision cannot wait for judges"):
        play(lake, asked(conditions=conditions, precision=Precision.parse(precision)), gateway=DirectGateway())


def test_judges_read_the_epochs_asked_for(lake: Lake) -> None:
    play(lake, asked((), epochs=2), gateway=DirectGateway())
    play(lake, asked(JUDGES[:1], epochs=1), gateway=DirectGateway())
    assert told(lake, "SELECT DISTINCT epoch FROM turns WHERE role = 'judge'") == [(1,)]


def test_deleting_the_answers_takes_what_was_said_of_them_and_its_numbers_along(lake: Lake) -> None:
    first = play(lake, asked(()), gateway=DirectGateway())
    play(lake, asked(JUDGES), gateway=DirectGateway())
    assert first.run
    delete(lake, first.run)
    assert told(lake, "SELECT count(*) FROM turns") == [(0,)]
    assert told(lake, "SELECT count(*) FROM estimates") == told(lake, "SELECT count(*) FROM evidence") == [(0,)]


class Broken(DirectGateway):
    """A judge whose server is down."""

    async def reply(self, model: Model, call: Call) -> Reply:
        if model.name == JUDGES[0]:
            raise CallFailed(Problem.UNAUTHORISED, "no")
        return await super().reply(model, call)


def test_a_run_whose_judge_failed_at_first_is_whole_in_the_end(lake: Lake) -> None:
    broken = play(lake, asked(JUDGES[:1]), gateway=Broken())
    assert broken.run
    assert broken.state == "failed"
    whole = resume(lake, broken.run, gateway=DirectGateway())
    ended = sum(whole.counts[name] for name in ("answered", "unread", "refused", "failed"))
    assert (whole.state, whole.counts["planned"], whole.counts["failed"]) == ("complete", ended, 0)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(0.02) as running:
        yield running


def test_conversations_of_steps_and_judges_go_on_in_the_middle_after_a_kill(server: Server, tmp_path: Path) -> None:
    """Killed twice with SIGKILL: amid the five steps, and amid the judging. Nothing kept is asked again."""
    env = environment(tmp_path / "lake", server.url)
    words = ["run", "--model", "openai/ok", "--benchmark", "regions", "--condition", "answer=open", "--condition", "strategy=five steps",
             "--judge", "openai/judge", "--at-once", "8", "--json"]

    def kept(sql: str) -> list[tuple]:
        with contextlib.suppress(Exception), Lake.open(env["PLUMBLINE_LAKE"]) as lake:
            return lake.read(sql).rows()
        return []

    kills = []
    for number, amid in enumerate(("role = 'subject' AND turn = 3", "role = 'judge' AND turn = 2")):
        if number:
            run = kept("SELECT id FROM runs")[0][0]
            words = ["resume", run, "--json"]
        with command(words, env, tmp_path / f"{number}.out") as one:
            one.started()
            until(lambda where=amid: (kept(f"SELECT count(*) FROM turns WHERE {where}") or [(0,)])[0][0] > 20, amid)
            assert one.kill()
            assert one.process.status == -signal.SIGKILL
        kills.append(datetime.now(UTC).isoformat())
    with command(["resume", run, "--json"], env, tmp_path / "last.out") as one:
        assert one.finished()["state"] == "complete"
    (turns, distinct), = kept("SELECT count(*), count(DISTINCT (trial, turn)) FROM turns")
    assert turns == distinct == ITEMS * 6 + kept("SELECT count(*) FROM turns WHERE role = 'judge'")[0][0]
    assert server.seen()["calls"] - turns <= 2 * 8, "asked again is at most what was in flight at the two kills"
    for role, kill in zip(("subject", "judge"), kills, strict=True):
        went_on = kept(
            f"SELECT count(*) FROM (SELECT trial FROM turns WHERE role = '{role}' GROUP BY trial "
            f"HAVING min(answered_at) <= TIMESTAMPTZ '{kill}' AND max(answered_at) > TIMESTAMPTZ '{kill}')"
        )
        assert went_on[0][0] > 0, f"a conversation of the {role} went on after its kill"
    assert kept("SELECT count(DISTINCT judged) FROM turns WHERE role = 'judge'") == [(ITEMS,)]
