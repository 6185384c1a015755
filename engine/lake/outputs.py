"""The `outputs` table: the replies that a rubric is worked out on, taken from runs or brought from files.

Columns: rubric, id (the same for the same reply taken twice), place (in the order taken, which is random), sample (`audit`: drawn at
random, the only ones that reported numbers come from; `informative`: may be shown in any order that helps), prompt, reply, fields (JSON:
the item's), origin (JSON: run, trial, turn, benchmark, version, item, stem, model, condition, reading, choice; or file and line), source
(as of turns; `imported` from a file), batch (the run, or the file's name), prompt_digest, reply_digest, added_at, added_by.
"""

import json
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from engine.benchmarks import benchmark
from engine.importers.story_rows import Brought, Row, lacking, sheet
from engine.lake.connection import Lake
from engine.lake.items import items_of
from engine.problems import PlumblineError, UsageError
from engine.reading import spoken
from engine.turns import digest

SCHEMA = {
    "rubric": pl.String, "id": pl.String, "place": pl.Int32, "sample": pl.String, "prompt": pl.String, "reply": pl.String,
    "fields": pl.String, "origin": pl.String, "source": pl.String, "batch": pl.String, "prompt_digest": pl.String,
    "reply_digest": pl.String, "added_at": pl.Datetime("us", "UTC"), "added_by": pl.String,
}
SHORT = "rubric, id, place, sample, source, batch, prompt_digest, reply_digest, origin, added_at"
MOST = 10_000
"""Outputs of one rubric."""
ENDINGS = (".csv", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class Wanted:
    """Which replies of a run; an empty field excludes nothing. Only replies that ended a conversation are taken."""

    run: str
    benchmark: str = ""
    model: str = ""
    readings: Sequence[str] = ()
    """E.g. `text` for free text, `choice`."""


@dataclass(frozen=True)
class Taken:
    """What became of a request for outputs."""

    added: int
    there_before: int
    """Outputs that the rubric has already."""
    not_chosen: int
    """Further replies that could be taken."""
    refused: tuple[str, ...] = field(default=())
    """Rows of a file that cannot be read, each with its line and why."""


def available(lake: Lake, wanted: Wanted) -> int:
    """How many replies of the run can be taken."""
    return _keys(lake, wanted).height


def take(
    lake: Lake, rubric: str, wanted: Wanted, n: int, by: str, *, audit: int | None = None, seed: int = 0, like: str = "",
) -> Taken:
    """Take `n` replies of a run at random (all where there are fewer), `audit` of them (half, where not said) as the audit sample.

    `like` names a batch of the rubric, an earlier run: then only replies to what was asked there are taken, into the same sample each, so
    that the runs can be compared item by item. Replies that the rubric has already are left alone, and others chosen. Raises `UsageError`
    where there are no such replies.
    """
    keys = _keys(lake, wanted)
    samples = _samples_of(lake, rubric, like) if like else None
    ids: dict[str, tuple[str, str, int]] = {}
    inherited: dict[str, str] = {}
    for run, trial, turn, name, item, condition, epoch in keys.iter_rows():
        own, question = digest([rubric, run, trial, turn]), (name, item, digest(json.loads(condition)), epoch)
        if samples is None or question in samples:
            ids[own] = (run, trial, turn)
            if samples:
                inherited[own] = samples[question]
    if not ids:
        raise UsageError("no reply of this run fits; choose another run, benchmark or model")
    choice = _Choice(n, audit, seed, inherited)
    return _choose(lake, rubric, list(ids), lambda some: _from_turns(lake, {own: ids[own] for own in some}), choice, by)


def bring(
    lake: Lake, rubric: str, path: Path, by: str, *, n: int | None = None, audit: int | None = None, seed: int = 0, name: str = "",
) -> Taken:
    """The same from a CSV or JSONL file with the columns `prompt` and `reply`; any others become fields. `name`: what the file is called.

    Rows that cannot be read are left out and told with their line. Raises `UsageError` for a file of another kind or that is not there,
    `PlumblineError` where a column is missing or no row is sound.
    """
    name = name or path.name
    rows, refused = _file_rows(path, name)
    if not rows:
        raise PlumblineError(f"{name} has no sound row; {refused[0] if refused else 'give at least one with prompt and reply'}")
    by_id = {digest([rubric, name, row["prompt"], row["reply"], row["fields"], row["line"]]): row for row in rows}

    def told(some: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        for own in some:
            row = by_id[own]
            origin = {"file": name, "line": row["line"]}
            yield own, {**row, "origin": origin, "source": "imported", "batch": name}

    choice = _Choice(len(rows) if n is None else n, audit, seed, {})
    return _choose(lake, rubric, list(by_id), told, choice, by, tuple(refused))


def of_rubric(lake: Lake, rubric: str, *, whole: bool = True) -> pl.DataFrame:
    """The outputs of a rubric by place; without prompt, reply and fields unless `whole`, which takes a fraction of the time."""
    columns = "*" if whole else SHORT
    return lake.read(f"SELECT {columns} FROM outputs WHERE rubric = $rubric ORDER BY place, id", {"rubric": rubric})


def find(lake: Lake, rubric: str, own: str) -> dict[str, Any]:
    """One output, `fields` and `origin` read from JSON. Raises `UsageError` where it is not there."""
    found = lake.read("SELECT * FROM outputs WHERE rubric = $rubric AND id = $own", {"rubric": rubric, "own": own})
    if found.is_empty():
        raise UsageError(f"output '{own}' is not in this rubric; reload it")
    row = found.row(0, named=True)
    return {**row, "fields": json.loads(row["fields"]), "origin": json.loads(row["origin"])}


def sizes(lake: Lake, rubric: str) -> pl.DataFrame:
    """How long the outputs of a rubric are: id, reply_digest, bytes (of prompt and reply together)."""
    return lake.read(
        "SELECT id, reply_digest, strlen(prompt) + strlen(reply) AS bytes FROM outputs WHERE rubric = $rubric ORDER BY place, id",
        {"rubric": rubric},
    )


def some_of(lake: Lake, rubric: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """These outputs by place, `fields` and `origin` read from JSON."""
    found = lake.read(
        "SELECT * FROM outputs WHERE rubric = $rubric AND list_contains($ids, id) ORDER BY place, id", {"rubric": rubric, "ids": list(ids)}
    )
    return [{**row, "fields": json.loads(row["fields"]), "origin": json.loads(row["origin"])} for row in found.iter_rows(named=True)]


def authors(lake: Lake, rubric: str) -> list[tuple[str, str, bool]]:
    """Who wrote the outputs of a rubric: (model, source, whether the field `truth` says which meet their criteria); files name no model."""
    found = lake.read(
        "SELECT coalesce(origin->>'model', '') AS model, source, bool_and(fields->>'truth' IS NOT NULL) AS truth FROM outputs"
        " WHERE rubric = $rubric GROUP BY ALL ORDER BY ALL", {"rubric": rubric},
    )
    return list(found.iter_rows())


def free_replies(lake: Lake, rubric: str, benchmark: str, model: str) -> list[dict[str, Any]]:
    """A model's newest free replies to a benchmark, one for each trial, as outputs would be: id (the same as where the rubric takes the
    reply), prompt, reply, fields, origin, source, reply_digest. Nothing is added to the rubric.
    """
    keys = _free_keys(lake, benchmark, model)
    by_run: dict[str, dict[str, tuple[str, str, int]]] = {}
    for run, trial, turn in keys.select("run", "trial", "turn").iter_rows():
        by_run.setdefault(run, {})[digest([rubric, run, trial, turn])] = (run, trial, turn)
    told = [(own, row) for ids in by_run.values() for own, row in _from_turns(lake, ids)]
    return [{"id": own, **row, "reply_digest": digest(row["reply"])} for own, row in told]


def free_digests(lake: Lake, rubric: str, benchmark: str, model: str) -> pl.DataFrame:
    """The same without the words: id, reply_digest, stem, source."""
    keys = _free_keys(lake, benchmark, model)
    rows = [(digest([rubric, run, trial, turn]), digest(spoken(reply)), stem, source)
            for run, trial, turn, stem, source, reply in keys.iter_rows()]
    return pl.DataFrame(rows, schema=dict.fromkeys(("id", "reply_digest", "stem", "source"), pl.String), orient="row")


def _free_keys(lake: Lake, benchmark: str, model: str) -> pl.DataFrame:
    return lake.read(
        "SELECT run, trial, turn, stem, source, reply FROM (SELECT * FROM turns WHERE model = $model AND benchmark = $benchmark"
        " AND role = 'subject' AND last AND problem IS NULL"
        " QUALIFY row_number() OVER (PARTITION BY trial ORDER BY answered_at DESC, run) = 1) WHERE reading = 'text' ORDER BY trial",
        {"model": model, "benchmark": benchmark},
    )


@dataclass(frozen=True)
class _Choice:
    """How many outputs are chosen, how many of them for the audit sample, and the samples of those where that is settled."""

    n: int
    audit: int | None
    seed: int
    samples: Mapping[str, str]

    def of(self, ids: Sequence[str], most: int) -> dict[str, str]:
        """The chosen ones in the order they were drawn, each with its sample."""
        drawn = random.Random(self.seed).sample(ids, min(self.n, len(ids), most))
        share = (len(drawn) + 1) // 2 if self.audit is None else round(self.audit * len(drawn) / self.n)
        return {own: self.samples.get(own, "audit" if at < share else "informative") for at, own in enumerate(drawn)}


def _choose(
    lake: Lake, rubric: str, ids: Sequence[str], told: Callable[[Sequence[str]], Iterator[tuple[str, dict[str, Any]]]], choice: _Choice,
    by: str, refused: tuple[str, ...] = (),
) -> Taken:
    if choice.n < 1 or (choice.audit is not None and not 0 <= choice.audit <= choice.n):
        raise UsageError("take at least one output, and no more of them as audit sample than are taken")
    there = set(lake.read("SELECT id FROM outputs WHERE rubric = $rubric", {"rubric": rubric})["id"].to_list())
    new = [own for own in ids if own not in there]
    samples = choice.of(new, max(0, MOST - len(there)))
    chosen = list(samples)
    now = datetime.now(UTC)
    found = dict(told(chosen))
    rows = [
        {
            "rubric": rubric, "id": own, "place": at, "sample": samples[own], "prompt": found[own]["prompt"], "reply": found[own]["reply"],
            "fields": _json(found[own]["fields"]), "origin": _json(found[own]["origin"]), "source": found[own]["source"],
            "batch": found[own]["batch"], "prompt_digest": digest(found[own]["prompt"]), "reply_digest": digest(found[own]["reply"]),
            "added_at": now, "added_by": by,
        }
        for at, own in enumerate(chosen)
    ]
    _insert(lake, rubric, pl.DataFrame(rows, schema=SCHEMA))
    return Taken(len(rows), len(ids) - len(new), len(new) - len(rows), refused)


def _insert(lake: Lake, rubric: str, rows: pl.DataFrame) -> None:
    """After those that are there; one that another has added meanwhile is not added again."""

    def work(cursor: duckdb.DuckDBPyConnection) -> None:
        cursor.register("incoming", rows)
        cursor.execute(
            "INSERT INTO outputs BY NAME SELECT * REPLACE ((place + (SELECT coalesce(max(place) + 1, 0) FROM outputs"
            " WHERE rubric = $rubric))::INTEGER AS place) FROM incoming WHERE id NOT IN (SELECT id FROM outputs WHERE rubric = $rubric)",
            {"rubric": rubric},
        )

    if rows.height:
        lake.write(work)


def _keys(lake: Lake, wanted: Wanted) -> pl.DataFrame:
    return lake.read(
        "SELECT DISTINCT run, trial, turn, benchmark, item, condition, epoch FROM turns"
        " WHERE run = $run AND role = 'subject' AND last AND problem IS NULL"
        " AND reply IS NOT NULL AND ($benchmark = '' OR benchmark = $benchmark) AND ($model = '' OR model = $model)"
        " AND (len($readings) = 0 OR list_contains($readings, reading)) ORDER BY ALL",
        {"run": wanted.run, "benchmark": wanted.benchmark, "model": wanted.model, "readings": list(wanted.readings)},
    )


def _samples_of(lake: Lake, rubric: str, batch: str) -> dict[tuple[str, str, str, int], str]:
    """What was asked in a batch of outputs, and into which sample the reply was put."""
    found = lake.read(
        "SELECT origin, sample FROM outputs WHERE rubric = $rubric AND batch = $batch", {"rubric": rubric, "batch": batch}
    )
    told = [(json.loads(origin), sample) for origin, sample in found.iter_rows()]
    return {
        (one["benchmark"], one["item"], digest(one["condition"]), one["epoch"]): sample for one, sample in told if "benchmark" in one
    }


def _from_turns(lake: Lake, keys: Mapping[str, tuple[str, str, int]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is kept of these turns, with all that was said before them."""
    if not keys:
        return
    turns = lake.read(
        "SELECT run, trial, turn, benchmark, version, trial_item, item, stem, model, condition, epoch, reading, choice, messages, reply,"
        " source FROM turns WHERE run = $run AND role = 'subject' AND problem IS NULL AND list_contains($trials, trial)"
        " QUALIFY row_number() OVER (PARTITION BY run, trial, turn ORDER BY answered_at DESC) = 1 ORDER BY run, trial, turn",
        {"run": next(iter(keys.values()))[0], "trials": [key[1] for key in keys.values()]},
    )
    said: dict[str, list[dict[str, Any]]] = {}
    for row in turns.iter_rows(named=True):
        said.setdefault(row["trial"], []).append(row)
    contents = {name: _contents(lake, name) for name in turns["benchmark"].unique().to_list()}
    for own, (_, trial, turn) in keys.items():
        before = [row for row in said[trial] if row["turn"] <= turn]
        last = before[-1]
        items = contents[last["benchmark"]]
        kept = ("run", "trial", "turn", "benchmark", "version", "item", "stem", "model", "epoch", "reading", "choice")
        yield own, {
            "prompt": _asked(before), "reply": spoken(last["reply"]), "source": last["source"], "batch": last["run"],
            "fields": items.get(last["item"]) or items.get(last["trial_item"]) or {},
            "origin": {**{name: last[name] for name in kept}, "condition": json.loads(last["condition"])},
        }


def _asked(turns: Sequence[Mapping[str, Any]]) -> str:
    """All that was said up to the last reply; who spoke is named unless it is a single question."""
    said: list[tuple[str, str]] = []
    for at, turn in enumerate(turns):
        said += [(message["role"], message["content"]) for message in json.loads(turn["messages"])]
        if at < len(turns) - 1:
            said.append(("assistant", spoken(turn["reply"] or "")))
    if len(said) == 1:
        return said[0][1]
    return "\n\n".join(f"{role.capitalize()}: {content}" for role, content in said)


def _contents(lake: Lake, name: str) -> dict[str, Mapping[str, Any]]:
    """The fields of a benchmark's items by id; none where its items are not at hand any more."""
    try:
        return {item.id: item.content for item in items_of(lake, benchmark(name))}
    except UsageError:
        return {}


def _file_rows(path: Path, name: str) -> tuple[list[dict[str, Any]], list[str]]:
    ending = Path(name).suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"'{name}' is no CSV or JSONL file; save the outputs as one with the columns prompt and reply")
    if not path.is_file():
        raise UsageError(f"no file {path}; check the path")
    brought = Brought()
    found: list[dict[str, Any]] = []
    for row in _rows(brought, path, name, ending):
        with brought.refusing(row):
            others = {key: value for key, value in row.cells.items() if key not in ("prompt", "reply")}
            if any(not key.strip() for key in others):
                raise PlumblineError("a column has no name")
            found.append({"prompt": row.text("prompt"), "reply": row.text("reply"), "fields": others, "line": row.line})
    return found, list(brought.refused)


def _rows(brought: Brought, path: Path, name: str, ending: str) -> Iterator[Row]:
    if ending != ".csv":
        return brought.json_lines(path, name)
    rows = sheet(path)
    head = [cell.strip() for cell in rows[0].cells]
    lacking(path, head, ("prompt", "reply", *head))
    return brought.table(name, rows[1:], head)


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, default=list)
