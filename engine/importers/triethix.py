"""Reads the published raw logs of TriEthix: one JSON record a line, three steps a record.

A record becomes a trial of two turns (three with the justification): the letter chosen, then KEEP or SWITCH. The
logs' own `parsed` field is not trusted: the reply is read again, by the same rule for every model.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.benchmarks.triethix import BENCHMARK
from engine.conversation import Message, Reader, Reading
from engine.problems import PlumblineError, UsageError
from engine.reading import free_text, one_of
from engine.turns import Trial, Turn, digest

LETTERS = {"A": "virtue", "B": "deontology", "C": "consequentialism"}
THEORIES = tuple(LETTERS.values())
PUBLISHED = datetime(2025, 11, 17, tzinfo=UTC)
"""The date of the published snapshot. The logs carry no times of their own, so it stands for when they were answered."""
_LARGEST = 64 * 2**20
_NAMES = {
    "claudehaiku35": "claude-haiku-3.5", "claudeopus4": "claude-opus-4", "claudesonnet37": "claude-sonnet-3.7",
    "claudesonnet45": "claude-sonnet-4.5", "deepseekchat": "deepseek-chat", "deepseekreasoner": "deepseek-reasoner",
    "gemini2flash": "gemini-2-flash", "gemini25flash": "gemini-2.5-flash", "gemini25flashlite": "gemini-2.5-flash-lite",
    "gemini25pro": "gemini-2.5-pro", "gpt41": "gpt-4.1", "gpt5": "gpt-5", "gpt5mini": "gpt-5-mini", "gpt5nano": "gpt-5-nano",
    "grok3": "grok-3", "grok3mini": "grok-3-mini", "grok4": "grok-4", "grok4fastreasoning": "grok-4-fast-reasoning",
    "grok4fastnonreasoning": "grok-4-fast-non-reasoning", "o3": "o3",
}
"""The published table's name for each file stem."""


def files(path: Path) -> list[Path]:
    """The log files at `path`: a file, a folder of `.jsonl` files, or one that has them in `runs/`.

    Raises `UsageError` when there are none.
    """
    if path.is_file():
        return [path]
    for folder in (path, path / "runs"):
        if found := sorted(folder.glob("*.jsonl")):
            return found
    raise UsageError(f"no TriEthix logs at {path}; give a .jsonl file or the folder `runs` of the author's repository")


def read(path: Path, run: str) -> Iterator[Turn]:
    """The turns of one log file. Raises `PlumblineError` naming file and line for anything that is not such a log."""
    if path.stat().st_size > _LARGEST:
        raise PlumblineError(f"{path} is larger than 64 MiB, which no TriEthix log is; check the path")
    stem, _, repeat = path.stem.rpartition("_")
    name, repeat = (stem, repeat) if stem and repeat.isdigit() else (path.stem, "1")
    model = _NAMES.get(name, name)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise PlumblineError(f"{path} is not UTF-8 text, so not a TriEthix log; check the path") from None
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            turns = _turns(json.loads(line), model, int(repeat), run)
            if turns[0].trial.key in seen:
                raise ValueError("the record comes twice")
            seen.add(turns[0].trial.key)
            yield from turns
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as problem:
            told = f"{type(problem).__name__}: {str(problem)[:120]}"
            raise PlumblineError(
                f"{path}, line {number}: not a TriEthix record ({told}); nothing was imported, get the file again"
            ) from None


def _turns(record: dict[str, Any], model: str, repeat: int, run: str) -> Sequence[Turn]:
    steps = {int(step["step"]): step for step in record["steps"]}
    first, second = steps[1], steps[2]
    condition = {"target": _target(str(second["user"])), "retried": "yes" if first.get("retry") or second.get("retry") else "no"}
    trial = Trial(
        model, BENCHMARK.name, BENCHMARK.version, str(record["name"]), digest(_core(first)), condition, repeat, 0
    )
    readers: dict[int, Reader] = {1: one_of(LETTERS), 2: _keep_or_switch, 3: free_text}
    system = str(steps[0].get("user") or steps[0].get("user_core") or "") if 0 in steps else ""
    turns: list[Turn] = []
    for place in (1, 2, 3):
        if place not in steps:
            break
        step = steps[place]
        messages: list[Message] = [{"role": "system", "content": system}] if place == 1 and system else []
        messages.append({"role": "user", "content": str(step["user"])})
        if step.get("retry"):
            messages.append({"role": "user", "content": str(step["retry"]["retry_user"])})
        reply = str(step["assistant"])
        turns.append(Turn(
            run=run, trial=trial, source="imported", item=trial.item, turn=place - 1, last=place + 1 not in steps or place == 3,
            messages=messages, reply=reply, reading=readers[place](reply), problem=None, answered_at=PUBLISHED,
        ))
    return turns


def _core(step: dict[str, Any]) -> str:
    return str(step.get("user_core") or step["user"])


def _target(text: str) -> str:
    found = [theory for theory in THEORIES if f"favoring {theory}" in text.lower()]
    if len(found) != 1:
        raise ValueError("the second step names no single theory")
    return found[0]


def _keep_or_switch(reply: str) -> Reading:
    """KEEP or SWITCH as the choices `keep` and `switch`; both words or neither leave it unread."""
    said = {word.lower() for word in re.findall(r"\b(keep|switch)\b", reply, re.IGNORECASE)}
    return Reading("choice", choice=said.pop(), text=reply) if len(said) == 1 else Reading("unread", text=reply)
