"""`python -m tests.soak`: kills real runs with SIGKILL at random moments, resumes them, and counts what is in the lake.

What must hold: exactly the planned trials, each of their turns once, and no question asked again but those that were in
flight when a process was killed. Prints one line a run; the exit status is 1 where something does not hold.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.lake import Lake
from tests.processes import Command, command, environment, until
from tests.servers.faulty import Server, digest, serve

LATENCY_S = 0.1
AT_ONCE = 16


@dataclass
class Sitting:
    """One process's part of a run, as the server saw it."""

    questions: int
    cut_off: int
    """Questions that were open at the server when it ended."""
    killed_at: float | None
    asked: Counter[str]
    replied: int


@dataclass
class Soak:
    """What a soak did, and what was in the lake afterwards."""

    benchmark: str
    seed: int
    planned: int
    took_s: float
    state: str
    sittings: list[Sitting]
    kept: Counter[str]
    """The questions of the kept turns, each as the server saw it: a digest of the whole conversation up to it."""
    turns: int
    different: int
    """Different (trial, turn) among them."""
    reused: int
    """Turns that took the reply to the same question of another trial, and asked nobody."""
    ended: int
    """Different trials that came to their end without a problem."""
    cells: int
    """Different (item, condition, epoch) of those: what was planned, counted without the trials' keys."""
    went_on: int
    """Conversations with turns from before and from after a kill."""
    left_over: list[str] = field(default_factory=list)
    """Journals that are still there."""

    @property
    def kills(self) -> int:
        return sum(sitting.killed_at is not None for sitting in self.sittings)

    @property
    def asked(self) -> Counter[str]:
        return sum((sitting.asked for sitting in self.sittings), Counter())

    @property
    def asked_again(self) -> int:
        return sum(sitting.questions for sitting in self.sittings) - (self.different - self.reused)

    @property
    def could_be_in_flight(self) -> int:
        """At each kill as many questions as were asked in that sitting, and never more than are allowed at once."""
        return sum(min(sitting.questions, AT_ONCE) for sitting in self.sittings if sitting.killed_at is not None)

    @property
    def cut_off(self) -> int:
        return sum(sitting.cut_off for sitting in self.sittings)

    @property
    def in_vain(self) -> int:
        """Replies the server sent whole, to a process that was killed before it had them in its journal."""
        return sum(sitting.replied for sitting in self.sittings) - (self.different - self.reused)

    def faults(self) -> list[str]:
        """What does not hold, in sentences; empty where all is well."""
        checks = {
            f"the run is {self.state}": self.state == "complete",
            f"{self.ended} of {self.planned} trials ended": self.ended == self.planned == self.cells,
            f"{self.turns - self.different} turns are there twice": self.turns == self.different,
            f"{self.asked_again} asked again of {self.could_be_in_flight} that could be in flight":
                0 <= self.asked_again <= self.could_be_in_flight,
            "a question was asked that no kept turn has": not self.asked.keys() - self.kept.keys(),
            "a kept turn was never asked": all(self.asked[one] >= times for one, times in self.kept.items()),
            f"journals are left over: {self.left_over}": not self.left_over,
        }
        return [said for said, holds in checks.items() if not holds]

    def __str__(self) -> str:
        return (
            f"soak {self.benchmark} seed {self.seed}: {self.kills} kills in {len(self.sittings)} sittings; {self.planned} trials planned, "
            f"{self.ended} ended; {self.turns} turns, {self.turns - self.different} double, {self.reused} from the lake; "
            f"{self.asked_again} questions asked again ({self.cut_off} cut off at the server, {self.in_vain} answered in vain), "
            f"{self.could_be_in_flight} could be in flight at the kills; {self.went_on} conversations went on after a kill; "
            f"{self.took_s:.0f} s: " + ("; ".join(self.faults()) or "nothing lost, nothing paid twice")
        )


class Soaking:
    """A run that is killed again and again."""

    def __init__(
        self, asked_for: Sequence[str], kills: int, questions: int, seed: int, folder: Path, server: Server, *, fresh: bool
    ) -> None:
        self.run, self.planned, self.sittings = "", 0, list[Sitting]()
        self._asked_for, self._kills = asked_for, kills
        self._share = questions // (kills + 1)
        self._random, self._folder, self._server = random.Random(seed), folder, server
        self._env = environment(folder / "lake", server.url)
        self._fresh = fresh
        self._to_first_question = 1.0

    def go(self) -> None:
        """Play, kill and resume until the kills are used up and the run ends by itself."""
        while not self.sittings or self.sittings[-1].killed_at is not None:
            words = ["resume", self.run] if self.run else ["run", *self._asked_for]
            self._server.reset()
            said = self._folder / f"{len(self.sittings)}.out"
            with command([*words, "--json"], self._env, said, fresh=self._fresh) as one:
                killed = len(self.sittings) < self._kills
                if killed:
                    self._await_moment(one)
                    killed = one.kill()
                else:
                    one.process.wait()
                if not killed and one.process.status:
                    raise AssertionError(f"a sitting ended with {one.process.status}: {one.said()[-2000:]}")
            self.sittings.append(self._sitting(time.time() if killed else None))

    def _await_moment(self, one: Command) -> None:
        """Wait for a random moment: while it starts, in the middle of its questions, or (the last kill) while it ends."""
        if not self.run:
            told = one.started()
            self.run, self.planned = told["run"], told["planned"]
        elif len(self.sittings) == self._kills - 1 and self._kills > 3:
            self._await_questions(one, one.started()["planned"])
            time.sleep(self._random.uniform(0, 2 * LATENCY_S))
            return
        elif self._random.random() < 0.15:
            time.sleep(self._random.uniform(0, self._to_first_question))
            return
        self._await_questions(one, 1)
        self._to_first_question = time.monotonic() - one.began
        self._await_questions(one, self._random.randint(1, self._share))
        time.sleep(self._random.uniform(0, LATENCY_S))

    def _await_questions(self, one: Command, count: int) -> None:
        until(lambda: one.ended or self._server.seen()["calls"] >= count, f"{count} questions")

    def _sitting(self, killed_at: float | None) -> Sitting:
        def settled() -> dict[str, Any] | None:
            told = self._server.seen()
            return told if sum(told["statuses"].values()) == told["calls"] else None

        seen = until(settled, "the server to notice that its caller is gone")
        return Sitting(
            seen["calls"], seen["statuses"].get("none", 0), killed_at,
            Counter(seen["conversations"]), seen["statuses"].get("200", 0),
        )


def questions_of(rows: Sequence[Mapping[str, Any]]) -> Counter[str]:
    """The questions of turns (in order within each trial), each as the digest the server counts it under."""
    said: dict[str, list[dict[str, str]]] = {}
    kept: Counter[str] = Counter()
    for row in rows:
        before = said.setdefault(row["trial"], [])
        before += json.loads(row["messages"])
        if row["reused"] is None:
            kept[digest(before)] += 1
        before.append({"role": "assistant", "content": row["reply"]})
    return kept


def soak(benchmark: str = "values", *, kills: int = 25, epochs: int = 30, seed: int | None = None, fresh: bool = True) -> Soak:
    """Kill a run so often, and count. `epochs` must leave enough questions for all the kills to hit; `fresh`: see `command`."""
    seed = random.SystemRandom().randrange(10_000) if seed is None else seed
    condition, each = {"values": ("form=alone", 57 * 2), "dilemmas": ("pressure=none,authority", 52 * 3 * 3)}[benchmark]
    asked_for = ["--model", "openai/ok", "--benchmark", benchmark, "--condition", condition, "--epochs", str(epochs),
                 "--at-once", str(AT_ONCE)]
    began = time.monotonic()
    with serve(LATENCY_S) as server, tempfile.TemporaryDirectory(prefix="plumbline-soak-") as folder:
        soaking = Soaking(asked_for, kills, each * epochs, seed, Path(folder), server, fresh=fresh)
        soaking.go()
        return counted(soaking, benchmark, seed, time.monotonic() - began, Path(folder) / "lake")


def counted(soaking: Soaking, benchmark: str, seed: int, took_s: float, where: Path) -> Soak:
    """Count what is in the lake, from its rows alone."""
    with Lake.open(str(where), create=False) as lake:
        rows = lake.read("SELECT * FROM turns ORDER BY trial, turn, answered_at").to_dicts()
        (told,) = lake.read("SELECT state, planned FROM runs").to_dicts()
    assert told["planned"] == soaking.planned
    ends = [row for row in rows if row["last"] and row["problem"] is None and row["run"] == soaking.run]
    moments: dict[str, list[float]] = {}
    for row in rows:
        moments.setdefault(row["trial"], []).append(row["answered_at"].timestamp())
    killed = [sitting.killed_at for sitting in soaking.sittings if sitting.killed_at is not None]
    return Soak(
        benchmark, seed, soaking.planned, took_s, told["state"], soaking.sittings, questions_of(rows), len(rows),
        len({(row["trial"], row["turn"]) for row in rows}), sum(row["reused"] is not None for row in rows),
        len({row["trial"] for row in ends}),
        len({(row["trial_item"], row["condition"], row["epoch"]) for row in ends}),
        sum(any(min(times) < moment < max(times) for moment in killed) for times in moments.values()),
        [str(path) for path in where.glob("journal/**/*.jsonl")],
    )


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Kill runs with SIGKILL at random moments, resume them, and count.")
    parser.add_argument("--kills", type=int, default=25)
    parser.add_argument("--seed", type=int, help="of the moments; else a random one, which is printed")
    told = parser.parse_args()
    done: list[Soak] = []
    for benchmark, epochs in (("values", 1 + told.kills), ("dilemmas", 1 + told.kills // 4)):
        done.append(soak(benchmark, kills=told.kills, epochs=epochs, seed=told.seed))
        print(done[-1], flush=True)
    return 1 if any(one.faults() or one.kills < told.kills for one in done) else 0


if __name__ == "__main__":
    sys.exit(main())
