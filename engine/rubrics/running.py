"""Running assertions over replies: SQL in its own process, judges through a gateway, every verdict kept as it comes."""

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from engine.checks import sql
from engine.checks.content import judge_check
from engine.checks.judge import JudgeCheck, judged
from engine.checks.sql import Output
from engine.lake import Lake, assertions, criteria
from engine.lake import runs as kept_runs
from engine.lake.assertions import Judged
from engine.models import catalogue
from engine.models.catalogue import Model
from engine.models.catalogue import model as model_named
from engine.models.gateway import Gateway
from engine.problems import UsageError
from engine.rubrics.standing import current
from engine.runs.judging import independent
from engine.runs.questions import Answered, Question, gateway_to, put
from engine.turns import seed_of

BATCH = 200
"""Outputs that one process checks by SQL before they are kept."""
KEEP_S, KEEP_AT_MOST = 0.5, 50
"""Verdicts of judges are kept this often, or when so many have come."""
MET = 0.7
"""The share of simulated replies that meet a criterion of which nobody says which do."""
Hear = Callable[[Judged], None]


@dataclass(frozen=True)
class Candidate:
    """An assertion that can be run."""

    assertion: str
    criterion: str
    kind: str
    content: Mapping[str, Any]
    text: str
    """The criterion's, in the version that the assertion was written for."""
    name: str = ""
    """The criterion's."""

    @property
    def model(self) -> Model:
        """Who judges. Raises `UsageError` where nobody is named, or an unknown model."""
        if not (name := str(self.content.get("model") or "")):
            raise UsageError(f"a judge of '{self.name}' has no model; write it anew with one")
        return model_named(name)

    @property
    def check(self) -> JudgeCheck:
        """What the judge is asked. Raises `UsageError` where it cannot be asked."""
        return judge_check(self.content, self.text)


@dataclass
class Checked:
    """How a sitting ended."""

    passed: int = 0
    failed: int = 0
    errors: int = 0
    """Without a verdict; those that the judge did not cause itself (no connection, a refused key) are due again."""
    calls: int = 0
    cost_usd: float | None = 0.0
    """`None` where a price is not known."""
    left: int = 0
    """Verdicts that are still due."""
    refused: dict[str, str] = field(default_factory=dict[str, str])
    """Assertions that were not run, and why."""
    given_up: dict[str, str] = field(default_factory=dict[str, str])
    """Models that were asked no more, and why."""


@dataclass(frozen=True)
class Sitting:
    """With what assertions are run."""

    gateway: Gateway | None = None
    hear: Hear | None = None
    most: int | None = None
    """Calls of judges at most."""


def candidates(lake: Lake, rubric: str, only: Sequence[str] | None = None) -> list[Candidate]:
    """The assertions of active criteria that are not retired; of `only`, these whatever became of them.

    Raises `UsageError` for an assertion that the rubric does not have.
    """
    told = criteria.history(lake, rubric)
    active = set(current(told)["criterion"].to_list())
    texts = {(row["criterion"], row["version"]): (row["text"], row["name"]) for row in told.iter_rows(named=True)}
    rows = {row["assertion"]: row for row in assertions.listed(lake, rubric).iter_rows(named=True)}
    if strange := [own for own in only or () if own not in rows]:
        raise UsageError(f"assertion '{strange[0]}' is not in this rubric; reload it")
    wanted = rows if only is None else {own: rows[own] for own in only}
    found: list[Candidate] = []
    for own, row in wanted.items():
        if only is not None or (not row["retired"] and row["criterion"] in active):
            text, name = texts.get((row["criterion"], row["criterion_version"]), ("", ""))
            found.append(Candidate(own, row["criterion"], row["kind"], json.loads(row["content"]), text, name))
    return found


def not_to_run(
    lake: Lake, some: Iterable[Candidate], authors: Sequence[tuple[str, str, bool]], *, insists: bool = False
) -> dict[str, str]:
    """The assertions that cannot or may not be run over replies by these authors (see `outputs.authors`), each with why."""
    subjects = [_author(lake, name) for name in dict.fromkeys(name for name, _, _ in authors) if name]
    unread = next((name or "a file" for name, source, truth in authors if source != "simulated" and not truth), None)
    found: dict[str, str] = {}
    for one in some:
        if one.kind != "judge":
            continue
        try:
            model, _ = one.model, one.check
            independent([model], subjects, insists=insists)
            if model.source == "simulated" and unread:
                raise UsageError(f"'{model.name}' is simulated and cannot read the replies of {unread}; a real model must judge them")
        except UsageError as problem:
            found[one.assertion] = str(problem)
    return found


def _author(lake: Lake, name: str) -> Model:
    """Who answered under this name: what it stood for when it was asked."""
    made = kept_runs.fingerprints(lake, name)
    if made:
        return Model.model_validate({"name": name, **made[-1]})
    return catalogue.listed().get(name) or Model(name=name, model=name)


def lacking(lake: Lake, rubric: str, some: Sequence[Candidate], replies: pl.DataFrame) -> dict[str, list[str]]:
    """Which replies have no verdict yet as they read now, by assertion. `replies`: id, reply_digest, in the order to be judged in."""
    told = assertions.verdicts(lake, rubric)
    had = set(told.select("assertion", "output", "reply_digest").iter_rows())
    pairs = list(replies.select("id", "reply_digest").iter_rows())
    found = {one.assertion: [own for own, words in pairs if (one.assertion, own, words) not in had] for one in some}
    return {assertion: ids for assertion, ids in found.items() if ids}


Read = Callable[[Sequence[str]], Sequence[Mapping[str, Any]]]
"""Replies by their ids: id, prompt, reply, fields, source, reply_digest."""


def run(lake: Lake, rubric: str, some: Sequence[Candidate], due: Mapping[str, Sequence[str]], read: Read, sitting: Sitting) -> Checked:
    """Run these assertions over the replies that each lacks, SQL first, keeping verdicts as they come.

    What `sitting.hear` raises, and Ctrl-C, end it: what came until then is kept. Raises `UsageError` as `gateway_to` does.
    """
    found = Checked(left=sum(map(len, due.values())))
    keeper = _Keeper(lake, rubric, found, sitting.hear)
    for one in some:
        ids = due.get(one.assertion, ())
        if one.kind == "sql":
            for at in range(0, len(ids), BATCH):
                _by_sql(one, read(ids[at : at + BATCH]), keeper)
    judges = {one.assertion: one for one in some if one.kind == "judge" and due.get(one.assertion)}
    questions = _questions(judges, due, read, sitting.most)
    if questions:
        gateway = sitting.gateway or gateway_to(list({one.model.name: one.model for one, _ in questions}.values()))
        digests = {one.key: words for one, words in questions}
        try:
            found.given_up = put([one for one, _ in questions], gateway, lambda answered: keeper.take(answered, digests))
        finally:
            keeper.flush()
    return found


class _Keeper:
    """Counts verdicts, and keeps them a few at a time."""

    def __init__(self, lake: Lake, rubric: str, found: Checked, hear: Hear | None) -> None:
        self._lake, self._rubric, self._found, self._hear = lake, rubric, found, hear
        self._waiting: list[Judged] = []
        self._kept_at = time.monotonic()

    def add(self, one: Judged, *, keep: bool = True) -> None:
        """Count a verdict and tell of it; one that is not kept is due again."""
        found = self._found
        found.passed += one.outcome == "pass"
        found.failed += one.outcome == "fail"
        found.errors += one.outcome == "error"
        if keep:
            self._waiting.append(one)
            found.left -= 1
        if self._hear:
            self._hear(one)

    def take(self, answered: Answered, digests: Mapping[tuple[str, ...], str]) -> None:
        """A judge's answer."""
        assertion, output = answered.question.key
        outcome, reply = judged(answered.reading, answered.problem), answered.reply
        cost = reply.cost_usd if reply else 0.0
        total = self._found.cost_usd
        self._found.cost_usd = None if cost is None or total is None else total + cost
        self._found.calls += 1
        why = f"{outcome.why} ({answered.detail})" if answered.detail else outcome.why
        served = (reply.served if reply else None) or ""
        one = Judged(
            assertion, output, digests[answered.question.key], outcome.verdict, why, answered.question.model.name, served, cost
        )
        self.add(one, keep=answered.counts)
        if len(self._waiting) >= KEEP_AT_MOST or time.monotonic() - self._kept_at > KEEP_S:
            self.flush()

    def flush(self) -> None:
        """Keep what has come."""
        if self._waiting:
            assertions.keep_verdicts(self._lake, self._rubric, self._waiting)
            self._waiting = []
        self._kept_at = time.monotonic()


def _by_sql(one: Candidate, replies: Sequence[Mapping[str, Any]], keeper: _Keeper) -> None:
    shown = [Output(row["prompt"], row["reply"], row["fields"]) for row in replies]
    outcomes = sql.run(str(one.content.get("expression", "")), shown, one.content.get("columns"))
    try:
        for row, outcome in zip(replies, outcomes, strict=True):
            keeper.add(Judged(one.assertion, row["id"], row["reply_digest"], outcome.verdict, outcome.why, cost_usd=0.0))
    finally:
        keeper.flush()


def _questions(
    judges: Mapping[str, Candidate], due: Mapping[str, Sequence[str]], read: Read, most: int | None
) -> list[tuple[Question, str]]:
    """Output by output, so that what was stopped in the middle can compare its candidates."""
    order = {own: at for at, own in enumerate(dict.fromkeys(own for ids in due.values() for own in ids))}
    pairs = sorted(((order[own], assertion) for assertion in judges for own in due[assertion]), key=lambda pair: pair[0])[:most]
    names = list(order)
    rows = {row["id"]: row for row in read([names[at] for at in dict.fromkeys(at for at, _ in pairs)])}
    models, checks = {own: one.model for own, one in judges.items()}, {own: one.check for own, one in judges.items()}
    found: list[tuple[Question, str]] = []
    for at, assertion in pairs:
        if (row := rows.get(names[at])) is None:
            continue
        told = _told(judges[assertion], row) if models[assertion].source == "simulated" else None
        ask = next(checks[assertion].conversation(row["prompt"], row["reply"], output=row["id"], told=told))
        found.append((Question(models[assertion], (assertion, row["id"]), ask), row["reply_digest"]))
    return found


def _told(one: Candidate, row: Mapping[str, Any]) -> dict[str, Any]:
    """What a simulated judge is told of a reply that it does not read: the field `truth`, else for simulated replies a draw."""
    rates = {"rates": tuple(one.content["rates"])} if one.content.get("rates") else {}
    if (truth := row["fields"].get("truth")) is not None:
        return {"truth": truth if isinstance(truth, bool) else str(truth).strip().lower() in ("true", "yes", "pass", "1"), **rates}
    if row["source"] != "simulated":
        return rates
    return {"truth": seed_of("meets", one.criterion, row["reply_digest"]) % 1000 < 1000 * MET, **rates}
