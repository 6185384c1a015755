"""The `turns` table: what was asked, what came back, what it was read as."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from engine.conversation import Reading
from engine.lake.connection import Lake
from engine.problems import Problem
from engine.turns import Stored, Turn, digest

SCHEMA = {
    "epoch": pl.Int32, "seed": pl.Int64, "turn": pl.Int32, "number": pl.Float64, "prompt_tokens": pl.Int64,
    "completion_tokens": pl.Int64, "cost_usd": pl.Float64, "latency_s": pl.Float64, "reply": pl.String,
    "reading": pl.String, "choice": pl.String, "text": pl.String, "problem": pl.String, "thinking": pl.String, "finish": pl.String,
    "served": pl.String, "sent": pl.String, "attempts": pl.Int32, "reused": pl.String, "call_digest": pl.String,
    "step": pl.String, "judged": pl.String, "judged_run": pl.String,
}
PART, AT_ONCE = 10_000, 5
"""Turns come to metrics in parts of so many, whose order is that of their trials, and are picked so many parts at a time: each time reads
through all files, but sorting a hundred thousand turns at once takes as much memory as all the rest.
"""
FILTERS = ("run", "model", "benchmark", "stem", "item", "source", "reading", "problem", "trial", "role", "step")
ANSWERED = [problem.value for problem in Problem if problem.answered]
"""Problems that are the model's own outcome: their trials have ended."""


def row(turn: Turn) -> dict[str, Any]:
    """A turn as a row of the table."""
    trial, reading = turn.trial, turn.reading
    return {
        "run": turn.run, "trial": trial.key, "source": turn.source, "model": trial.model,
        "benchmark": trial.benchmark, "version": trial.version, "trial_item": trial.item, "item": turn.item,
        "stem": trial.stem, "condition": json.dumps(dict(trial.condition)), "epoch": trial.epoch, "seed": trial.seed,
        "turn": turn.turn, "last": turn.last, "role": "judge" if trial.judged else "subject",
        "messages": json.dumps(turn.messages, ensure_ascii=False),
        "reply": turn.reply, "reading": reading.kind if reading else None, "choice": reading.choice if reading else None,
        "number": reading.number if reading else None,
        "text": reading.text if reading and reading.kind == "text" else None,
        "problem": turn.problem.value if turn.problem else None, "detail": turn.detail,
        "prompt_tokens": turn.prompt_tokens, "completion_tokens": turn.completion_tokens, "cost_usd": turn.cost_usd,
        "latency_s": turn.latency_s, "answered_at": turn.answered_at, "prompt_digest": digest(turn.asked or turn.messages),
        "thinking": turn.thinking, "finish": turn.finish, "served": turn.served, "sent": json.dumps(turn.sent, ensure_ascii=False),
        "attempts": turn.attempts, "reused": turn.reused, "call_digest": turn.call, "step": turn.step or None,
        "judged": trial.judged.trial if trial.judged else None, "judged_run": trial.judged.run if trial.judged else None,
    }


def append(lake: Lake, turns: Iterable[Turn]) -> None:
    """Keep these turns, all or none of them."""
    append_rows(lake, [row(turn) for turn in turns])


def append_rows(lake: Lake, rows: Sequence[Mapping[str, Any]]) -> None:
    """The same for turns that are rows of the table already."""
    if rows:
        lake.insert("turns", pl.DataFrame(rows, schema_overrides=SCHEMA))


def ended_trials(lake: Lake, models: Sequence[str], benchmarks: Sequence[str], *, run: str | None = None) -> set[str]:
    """Keys of the trials that were played to their end (in this run, where one is named), so need not be played again.

    A trial that failed for a reason of the provider's or the network's (`Problem.answered` is false) is not among them.
    """
    found = lake.read(
        "SELECT DISTINCT trial FROM turns WHERE last AND list_contains($models, model)"
        " AND list_contains($benchmarks, benchmark) AND (problem IS NULL OR list_contains($answered, problem))"
        " AND ($run IS NULL OR run = $run)",
        {"run": run, "models": list(models), "benchmarks": list(benchmarks), "answered": ANSWERED},
    )
    return set(found["trial"].to_list())


def begun_trials(lake: Lake, run: str) -> dict[str, list[Stored]]:
    """The answered turns of the run's trials that did not come to their end, in order, by trial: where they can go on."""
    found = lake.read(
        """
        WITH ended AS (
            SELECT trial FROM turns WHERE run = $run AND last AND (problem IS NULL OR list_contains($answered, problem)))
        SELECT trial, turn, prompt_digest, reply, reading, choice, number, text FROM turns ANTI JOIN ended USING (trial)
        WHERE run = $run AND problem IS NULL AND NOT last
        QUALIFY row_number() OVER (PARTITION BY trial, turn ORDER BY answered_at DESC) = 1
        ORDER BY trial, turn
        """,
        {"run": run, "answered": ANSWERED},
    )
    begun: dict[str, list[Stored]] = {}
    for told in found.iter_rows(named=True):
        reading = Reading(told["reading"], told["choice"], told["number"], told["text"])
        begun.setdefault(told["trial"], []).append(Stored(told["prompt_digest"], told["reply"], reading))
    return begun


def epochs_begun(lake: Lake, model: str, benchmark: str, version: str, *, run: str | None = None) -> list[tuple[str, int]]:
    """The last epoch of which there is a turn, by condition (JSON); in this run, where one is named."""
    found = lake.read(
        "SELECT condition, max(epoch) FROM turns WHERE model = $model AND benchmark = $benchmark AND version = $version"
        " AND role = 'subject' AND ($run IS NULL OR run = $run) GROUP BY condition ORDER BY condition",
        {"model": model, "benchmark": benchmark, "version": version, "run": run},
    )
    return [(row[0], row[1]) for row in found.iter_rows()]


def answered_calls(lake: Lake, models: Sequence[str]) -> set[str]:
    """The digests of the questions these models have answered: what need not be asked again."""
    found = lake.read(
        "SELECT DISTINCT call_digest FROM turns WHERE list_contains($models, model) AND call_digest IS NOT NULL AND problem IS NULL",
        {"models": list(models)},
    )
    return set(found["call_digest"].to_list())


def answer_to(lake: Lake, call: str) -> dict[str, Any] | None:
    """The newest answered turn with this digest."""
    found = lake.read(
        "SELECT * FROM turns WHERE call_digest = $call AND problem IS NULL ORDER BY reused IS NULL DESC, answered_at DESC LIMIT 1",
        {"call": call},
    )
    return None if found.is_empty() else found.row(0, named=True)


def progress(lake: Lake, run: str) -> pl.DataFrame:
    """How far a run is, by model: model, answered, unread, refused, failed (trials), turns, reused, cost_usd, first, latest."""
    return lake.read(
        """
        WITH newest AS (
            SELECT * FROM turns WHERE run = $run
            QUALIFY row_number() OVER (PARTITION BY trial, turn ORDER BY problem IS NULL DESC, answered_at DESC) = 1)
        SELECT model, count(*) FILTER (last AND problem IS NULL AND reading NOT IN ('refusal', 'unread')) AS answered,
               count(*) FILTER (last AND problem IS NULL AND reading = 'unread') AS unread,
               count(*) FILTER (last AND problem IS NULL AND reading = 'refusal') AS refused,
               count(*) FILTER (last AND problem IS NOT NULL) AS failed, count(*) AS turns, count(reused) AS reused,
               sum(cost_usd) AS cost_usd, count(*) FILTER (cost_usd IS NULL AND problem IS NULL) AS unpriced,
               min(answered_at) AS first, max(answered_at) AS latest
        FROM newest GROUP BY model ORDER BY model
        """,
        {"run": run},
    )


def problems(lake: Lake, run: str) -> pl.DataFrame:
    """What went wrong in a run: model, problem, trials, and the newest detail in the provider's words."""
    return lake.read(
        "SELECT model, problem, count(DISTINCT trial) AS trials, arg_max(detail, answered_at) AS detail FROM turns"
        " WHERE run = $run AND problem IS NOT NULL GROUP BY ALL ORDER BY trials DESC, model, problem",
        {"run": run},
    )


def latencies(lake: Lake, models: Sequence[str]) -> dict[str, float]:
    """The median seconds a reply of each model took; models never asked are left out."""
    found = lake.read(
        "SELECT model, median(latency_s) AS s FROM turns WHERE list_contains($models, model) AND latency_s IS NOT NULL GROUP BY model",
        {"models": list(models)},
    )
    return dict(found.iter_rows())


def latest(lake: Lake, run: str, most: int = 6) -> pl.DataFrame:
    """The newest turns of a run, newest first."""
    return lake.read(f"SELECT * FROM turns WHERE run = $run ORDER BY answered_at DESC LIMIT {int(most)}", {"run": run})


def ended(lake: Lake, run: str, model: str, benchmark: str) -> int:
    """How many conversations of one model on one benchmark have ended in a run."""
    return int(lake.read(
        "SELECT count(DISTINCT trial) AS n FROM turns WHERE run = $run AND model = $model AND benchmark = $benchmark AND last"
        " AND role = 'subject'",
        {"run": run, "model": model, "benchmark": benchmark},
    )["n"][0])


def standing(lake: Lake, benchmark: str, item: str, turn: int) -> pl.DataFrame:
    """What models answered at this turn of this item, under any condition: model, source, reading, choice, number, answers."""
    return lake.read(
        "SELECT model, source, reading, choice, number, count(*) AS answers FROM turns WHERE benchmark = $benchmark AND item = $item"
        " AND turn = $turn AND role = 'subject' AND problem IS NULL GROUP BY ALL ORDER BY model, answers DESC",
        {"benchmark": benchmark, "item": item, "turn": turn},
    )


def for_metrics(lake: Lake, model: str, benchmark: str, version: str, *, run: str | None = None) -> pl.DataFrame:
    """The turns that metrics read: of each trial the newest playing that came to its end (in this run, where one is named).

    Columns: run, trial, source, trial_item, item, stem, condition (JSON), epoch, turn, reading, choice,
    number, problem, answered_at, prompt_tokens, completion_tokens, step.
    """
    parts = 1 + count(lake, model=model, benchmark=benchmark) // PART
    told = {"model": model, "benchmark": benchmark, "version": version, "run": run, "parts": parts}
    found = [lake.read(_FOR_METRICS, {**told, "first": first, "last": first + AT_ONCE - 1}) for first in range(0, parts, AT_ONCE)]
    return pl.concat(found, rechunk=False)


_FOR_METRICS = """
    WITH mine AS (
        SELECT run, trial, source, trial_item, item, stem, condition, epoch, turn, last, reading, choice, number, problem, answered_at,
          prompt_tokens, completion_tokens, step
        FROM turns WHERE model = $model AND benchmark = $benchmark AND version = $version AND role = 'subject'
          AND ($run IS NULL OR run = $run) AND hash(trial) % $parts BETWEEN $first AND $last),
    ended AS (SELECT trial, arg_max(run, (problem IS NULL, answered_at)) AS run FROM mine WHERE last GROUP BY trial)
    SELECT mine.* EXCLUDE (last) FROM mine JOIN ended USING (trial, run)
    QUALIFY row_number() OVER (PARTITION BY mine.run, mine.trial, mine.turn ORDER BY mine.problem IS NULL DESC, mine.answered_at DESC) = 1
    ORDER BY hash(mine.trial) % $parts, mine.trial, mine.turn
"""


def free_answers(lake: Lake, models: Sequence[str], benchmark: str, version: str, *, run: str | None = None) -> pl.DataFrame:
    """The last replies, in free text, of the newest playing of each trial (in this run, where one is named): what a judge can read.

    Columns: trial, run, model, trial_item, condition (JSON), epoch, reply.
    """
    return lake.read(
        """
        WITH newest AS (
            SELECT trial, run, model, trial_item, condition, epoch, reply, reading FROM turns
            WHERE list_contains($models, model) AND benchmark = $benchmark AND version = $version AND role = 'subject' AND last
              AND problem IS NULL AND ($run IS NULL OR run = $run)
            QUALIFY row_number() OVER (PARTITION BY trial ORDER BY answered_at DESC) = 1)
        SELECT * EXCLUDE (reading) FROM newest WHERE reading = 'text' ORDER BY trial
        """,
        {"models": list(models), "benchmark": benchmark, "version": version, "run": run},
    )


def grades(lake: Lake, model: str, benchmark: str, version: str) -> pl.DataFrame:
    """What judges said of a model's free replies: of each judge and reply the newest conversation that came to its end.

    Columns: trial, run (the judged ones), item, condition (JSON), judge, step, turn, last, reading, choice, number, text, problem.
    """
    return lake.read(
        """
        WITH mine AS (SELECT DISTINCT trial FROM turns WHERE model = $model AND benchmark = $benchmark AND version = $version
                      AND role = 'subject'),
        told AS (SELECT turns.* FROM turns JOIN mine ON turns.judged = mine.trial WHERE role = 'judge' AND benchmark = $benchmark),
        ended AS (SELECT trial, arg_max(run, (problem IS NULL, answered_at)) AS run FROM told WHERE last GROUP BY trial)
        SELECT judged AS trial, judged_run AS run, trial_item AS item, condition, told.model AS judge, step, turn, last, reading, choice,
               number, text, problem
        FROM told JOIN ended USING (trial, run)
        QUALIFY row_number() OVER (PARTITION BY told.trial, told.run, turn ORDER BY problem IS NULL DESC, answered_at DESC) = 1
        ORDER BY judge, judged, judged_run, turn
        """,
        {"model": model, "benchmark": benchmark, "version": version},
    )


def judgements(lake: Lake, model: str, benchmark: str, version: str) -> pl.DataFrame:
    """How each conversation of a model that needs no judge ended: trial, run, trial_item as `item`, condition (JSON), reading,
    choice, problem. Of a trial the same playing as in `for_metrics`.
    """
    return lake.read(
        "SELECT trial, run, trial_item AS item, condition, reading, choice, problem FROM turns WHERE model = $model AND last"
        " AND benchmark = $benchmark AND version = $version AND role = 'subject' AND NOT contains(condition, '\"answer\": \"open\"')"
        " QUALIFY row_number() OVER (PARTITION BY trial ORDER BY problem IS NULL DESC, answered_at DESC) = 1 ORDER BY item, condition",
        {"model": model, "benchmark": benchmark, "version": version},
    )


def judging(lake: Lake, trial: str, run: str | None = None) -> pl.DataFrame:
    """All turns of judges about one trial (as it was played in this run), judge by judge in order."""
    return lake.read(
        "SELECT * FROM turns WHERE judged = $trial AND ($run IS NULL OR judged_run = $run) ORDER BY model, trial, answered_at, turn",
        {"trial": trial, "run": run},
    )


def posed(lake: Lake, benchmark: str, version: str) -> pl.DataFrame:
    """Under which conditions each model was asked about each stem: model, stem, condition (JSON)."""
    return lake.read(
        "SELECT DISTINCT model, stem, condition FROM turns WHERE benchmark = $benchmark AND version = $version AND last"
        " AND role = 'subject' ORDER BY ALL",
        {"benchmark": benchmark, "version": version},
    )


def askings(lake: Lake, benchmark: str, version: str) -> pl.DataFrame:
    """Which model was asked in which run: model, source, run, asked (when half of the answers were there), conversations (that ended,
    without those whose replies were taken from an earlier run).
    """
    return lake.read(
        "SELECT model, source, run, quantile_disc(answered_at, 0.5) AS asked, count(DISTINCT trial) AS conversations FROM turns"
        " WHERE benchmark = $benchmark AND version = $version AND role = 'subject' AND last AND reused IS NULL GROUP BY ALL"
        " ORDER BY model, asked",
        {"benchmark": benchmark, "version": version},
    )


def conversation(lake: Lake, trial: str, run: str | None = None) -> pl.DataFrame:
    """All turns of one trial in order (of one run, where the trial was played in several)."""
    return lake.read(
        "SELECT * FROM turns WHERE trial = $trial AND ($run IS NULL OR run = $run) ORDER BY answered_at, turn",
        {"trial": trial, "run": run},
    )


def _matching(wanted: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    told = {name: value for name, value in wanted.items() if value not in (None, "", [], ())}
    clauses = ["true"]
    for name, value in told.items():
        if name == "search":
            clauses.append("(contains(lower(reply), lower($search)) OR contains(lower(messages), lower($search)))")
        elif name in FILTERS:
            clauses.append(f'list_contains(${name}, "{name}")')
            told[name] = [value] if isinstance(value, str) else list(value)
        else:
            raise KeyError(name)
    return " AND ".join(clauses), told


def touched_by(lake: Lake, run: str) -> list[tuple[str, str, str]]:
    """What a run has turns of, or judges' turns about: (model, source, benchmark)."""
    found = lake.read(
        "SELECT DISTINCT coalesce(subject.model, told.model) AS model, coalesce(subject.source, told.source) AS source, told.benchmark"
        " FROM turns AS told LEFT JOIN turns AS subject ON told.judged = subject.trial AND told.judged_run = subject.run"
        " WHERE told.run = $run ORDER BY ALL",
        {"run": run},
    )
    return [(row[0], row[1], row[2]) for row in found.iter_rows()]


def count(lake: Lake, **wanted: Any) -> int:
    """How many turns match; the filters are those of `page`."""
    where, told = _matching(wanted)
    return int(lake.read(f"SELECT count(*) AS n FROM turns WHERE {where}", told)["n"][0])


def page(lake: Lake, *, limit: int | None = 50, offset: int = 0, **wanted: Any) -> pl.DataFrame:
    """Turns that match, oldest first. Filters: run, model, benchmark, stem, item, source, reading, problem,
    trial (a value or several each) and `search` (in questions and replies, capitals ignored).
    """
    where, told = _matching(wanted)
    bounds = f" LIMIT {int(limit)} OFFSET {int(offset)}" if limit is not None else ""
    return lake.read(
        f"SELECT * FROM turns WHERE {where} ORDER BY model, benchmark, trial_item, condition, epoch, run, turn{bounds}", told
    )


def played(lake: Lake) -> pl.DataFrame:
    """What the lake holds: model, source, benchmark, version, turns, trials, items (different ones), first and last date."""
    return lake.read(
        "SELECT model, source, benchmark, version, count(*) AS turns, count(DISTINCT trial) AS trials,"
        " count(DISTINCT trial_item) AS items,"
        " min(answered_at) AS first, max(answered_at) AS latest FROM turns WHERE role = 'subject' GROUP BY ALL ORDER BY ALL"
    )


def values_of(lake: Lake, column: str, benchmark: str | None = None) -> list[str]:
    """The different values of one filter column, in order."""
    if column not in FILTERS:
        raise KeyError(column)
    found = lake.read(
        f'SELECT DISTINCT "{column}" AS v FROM turns WHERE "{column}" IS NOT NULL'
        " AND ($benchmark IS NULL OR benchmark = $benchmark) ORDER BY v",
        {"benchmark": benchmark},
    )
    return found["v"].to_list()
