"""`python -m tests.bench_runs`: what a run takes, side by side with bare LiteLLM and, with `--inspect`, with Inspect AI.

Everything is asked of a server of our own on loopback that takes 50 ms to answer; it, and each thing measured, is a process
of its own, and what is compared takes turns. Not a test: nothing fails here.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from engine.benchmarks import benchmark
from engine.commands.logs import LoggedIntake
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake
from engine.models.catalogue import Model
from engine.runs.plan import Part, Plan, posed
from engine.runs.player import Player, Setting
from tests.servers.faulty import serve

ROOT = Path(__file__).resolve().parents[1]
INSPECT = ROOT / ".venv-inspect"
Told = dict[str, Any]
LATENCY_S = 0.05
AT_ONCE = 32
CALLS = 1000
EPOCH = 114
"""One-turn trials in an epoch of `values` with `form=alone`."""
KEY = {"OPENAI_API_KEY": "sk-bench-0123456789", "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
INSPECT_EVAL = """
import json, sys, tempfile, time
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.scorer import includes
from inspect_ai.solver import generate
url, questions = sys.argv[1], json.load(sys.stdin)
def play(some, folder):
    task = Task(dataset=[Sample(input=one, target="4") for one in some], solver=generate(), scorer=includes())
    return eval(task, model="openai/ok", model_base_url=url, model_args={"responses_api": False}, max_connections=MOST,
                max_tokens=64, display="none", log_dir=folder)[0]
with tempfile.TemporaryDirectory() as folder:
    play(questions[:100], folder)  # imports are not counted, here or there
    began, cpu = time.monotonic(), time.process_time()
    log = play(questions, folder)
    told = {"wall_s": time.monotonic() - began, "cpu_ms": (time.process_time() - cpu) * 1000 / len(questions)}
    assert log.status == "success" and log.results.completed_samples == len(questions), log.error
print(json.dumps(told))
"""


def planned(url: str, trials: int, first_epoch: int = 1) -> Plan:
    """So many one-turn trials of the value portraits."""
    instrument = benchmark("values")
    model = Model(name="bench", model="openai/ok", base_url=url, concurrency=AT_ONCE)
    assert instrument.read_items
    part = Part(model, instrument, posed(instrument, instrument.read_items(), {"form": ["alone"]}), 0)
    part.want(lambda _: range(first_epoch, first_epoch + trials // EPOCH + 1), ())
    del part.left[trials:]
    return Plan([part])


def questions(trials: int) -> list[str]:
    """What those trials ask."""
    found: list[str] = []
    for one in planned("", trials).trials("bench"):
        script = one.benchmark.conversation
        assert script
        found.append(next(script(one.item, one.trial.condition, one.trial.seed)).messages()[0]["content"])
    return found


def cpu_ms(work: Callable[[], Awaitable[None]], count: int) -> float:
    """CPU of this process, all its threads, for each of `count`."""

    async def whole() -> None:
        await work()

    began = time.process_time()
    asyncio.run(whole())
    return (time.process_time() - began) * 1000 / count


async def together(calls: Iterable[Callable[[], Awaitable[Any]]]) -> None:
    """Make the calls, so many at once."""
    left = iter(calls)

    async def work() -> None:
        for call in left:
            await call()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


def bare(url: str, _: int) -> dict[str, Any]:
    """CPU of a call of `litellm.acompletion` with the same questions, and the transport it goes by."""
    import litellm

    async def ask(question: str) -> None:
        await litellm.acompletion(  # pyright: ignore[reportUnknownMemberType]
            model="openai/ok", messages=[{"role": "user", "content": question}], base_url=url, max_tokens=64, timeout=120, max_retries=0,
        )

    every = [partial(ask, question) for question in questions(CALLS)]
    cpu_ms(lambda: together(every[:200]), 200)
    clients: Any = litellm.in_memory_llm_clients_cache.cache_dict.values()
    transports = {type(getattr(getattr(one, "_client", None), "_transport", None)).__name__ for one in clients}
    return {"cpu_ms": cpu_ms(lambda: together(every), CALLS), "transport": sorted(transports)}


def player(url: str, _: int) -> dict[str, Any]:
    """CPU of a stored turn: asked, read, in the journal and in the lake."""
    from engine.models.litellm_gateway import LiteLLMGateway

    gateway = LiteLLMGateway()
    with tempfile.TemporaryDirectory() as folder, Lake.open(folder) as lake:
        store = LoggedIntake(lake, "bench")
        cpu_ms(lambda: Player(gateway, store, Setting("bench")).play(planned(url, 200)), 200)
        told = cpu_ms(lambda: Player(gateway, store, Setting("bench")).play(planned(url, CALLS, 10)), CALLS)
        store.close()
        kept = int(lake.read("SELECT count(*) AS n FROM turns WHERE problem IS NULL AND reading NOT IN ('refusal', 'unread')")["n"][0])
    assert kept == 200 + CALLS, kept
    return {"cpu_ms": told}


def wall(url: str, epochs: int) -> dict[str, Any]:
    """A whole run from the request to its estimates, once everything is imported."""
    with tempfile.TemporaryDirectory() as folder:
        models = Path(folder) / "models.toml"
        models.write_text(f'[models.bench]\nmodel = "openai/ok"\nbase_url = "{url}"\nconcurrency = {AT_ONCE}\n')
        os.environ["PLUMBLINE_MODELS"] = str(models)
        with Lake.open(f"{folder}/warm") as lake:
            play(lake, Request(["bench"], ["values"], ["form=alone"], 1))
        with Lake.open(f"{folder}/lake") as lake:
            began, cpu = time.monotonic(), time.process_time()
            outcome = play(lake, Request(["bench"], ["values"], ["form=alone"], epochs))
            trials = epochs * EPOCH
            assert outcome.counts["answered"] == trials, outcome.counts
            return {"wall_s": time.monotonic() - began, "cpu_ms": (time.process_time() - cpu) * 1000 / trials}


def memory(_: str, epochs: int) -> dict[str, Any]:
    """The most memory that the command `run` takes with a simulated model."""
    from engine.commands.app import main as command

    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLUMBLINE_LAKE"] = folder
        told = ["--model", "simulated/steady", "--benchmark", "values", "--condition", "form=alone", "--epochs", str(epochs), "--json"]
        with Path(folder, "out").open("w") as out:
            os.dup2(out.fileno(), 1)
            code = command(["run", *told])
    assert code == 0
    return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


PARTS: dict[str, Callable[[str, int], dict[str, Any]]] = {"bare": bare, "player": player, "wall": wall, "memory": memory}


def measured(part: str, url: str = "", number: int = 0) -> dict[str, Any]:
    """What a part says of itself, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench_runs", "--part", part, "--url", url, "--number", str(number)]
    done = subprocess.run(command, cwd=ROOT, check=True, stderr=subprocess.PIPE, text=True, env=os.environ | KEY)
    return json.loads(done.stderr.strip().splitlines()[-1])


def inspected(url: str, trials: int) -> dict[str, Any]:
    """The same questions asked by Inspect AI."""
    script = INSPECT_EVAL.replace("MOST", str(AT_ONCE))
    done = subprocess.run(
        [str(INSPECT / "bin" / "python"), "-c", script, url], input=json.dumps(questions(trials)), check=True,
        stdout=subprocess.PIPE, text=True, env=os.environ | KEY,
    )
    return json.loads(done.stdout.strip().splitlines()[-1])


def install() -> None:
    """Inspect AI in an environment of its own."""
    if not (INSPECT / "installed").exists():
        venv.create(INSPECT, with_pip=True, clear=True)
        (INSPECT / ".gitignore").write_text("*\n")
        subprocess.run([str(INSPECT / "bin" / "pip"), "install", "-q", "inspect-ai==0.3.285", "openai"], check=True)
        (INSPECT / "installed").touch()


def in_turn(ours: Callable[[], Told], theirs: Callable[[], Told], turn: int) -> tuple[Told, Told]:
    """Both measured, the other one first every second time: on a shared machine the first is often the dearer."""
    if turn % 2:
        other = theirs()
        return ours(), other
    return ours(), theirs()


def cost_of_a_turn(url: str, rounds: int) -> None:
    """CPU for each stored turn against bare LiteLLM."""
    measured("bare", url)
    pairs = [in_turn(lambda: measured("player", url), lambda: measured("bare", url), turn) for turn in range(rounds)]
    ours, theirs = (median(pair[side]["cpu_ms"] for pair in pairs) for side in (0, 1))
    ratio = median(one["cpu_ms"] / other["cpu_ms"] for one, other in pairs)
    by = ", ".join(pairs[0][1]["transport"])
    print(f"CPU per stored turn: {ours:.2f} ms, bare LiteLLM {theirs:.2f} ms (by {by}), ratio {ratio:.2f} (target <= 1.3, then 1.0)")


def time_of_a_run(url: str, rounds: int) -> None:
    """Wall time of some 2,000 trials against Inspect AI."""
    epochs = -(-2000 // EPOCH)
    trials, beside = epochs * EPOCH, (INSPECT / "installed").exists()
    pairs = [
        in_turn(lambda: measured("wall", url, epochs), lambda: inspected(url, trials) if beside else {}, turn) for turn in range(rounds)
    ]
    ours, cpu = (median(one[name] for one, _ in pairs) for name in ("wall_s", "cpu_ms"))
    said = f"{trials:,} one-turn trials at {AT_ONCE} connections: {ours:.1f} s ({cpu:.1f} ms CPU each, estimates included)"
    if not beside:
        print(f"{said}; Inspect AI is left out: `python -m tests.bench_runs --inspect` installs it into {INSPECT.name} and compares")
        return
    theirs, cpu = (median(other[name] for _, other in pairs) for name in ("wall_s", "cpu_ms"))
    ratio = median(one["wall_s"] / other["wall_s"] for one, other in pairs)
    print(f"{said}, Inspect AI {theirs:.1f} s ({cpu:.1f} ms), ratio {ratio:.2f} (target <= 0.30)")


def memory_of_a_run(long: int) -> None:
    """Peak memory of a long run against a short one."""
    few, many = measured("memory", number=9)["peak_mb"], measured("memory", number=long)["peak_mb"]
    said = f"{few:.0f} MB with {9 * EPOCH:,} trials, {many:.0f} MB with {long * EPOCH:,}"
    print(f"peak memory: {said}, {many - few:+.0f} MB, ratio {many / few:.2f} (target <= +100 MB)")


def main() -> None:
    """Measure and print, or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inspect", action="store_true", help=f"install Inspect AI into {INSPECT.name} and compare with it")
    parser.add_argument("--rounds", type=int, default=4, help="how often what is compared takes turns")
    parser.add_argument("--long", type=int, default=878, help=f"epochs of the long run whose memory is taken, {EPOCH} trials each")
    parser.add_argument("--only", choices=["cpu", "wall", "memory"], help="one figure")
    for name, kind in (("--part", str), ("--url", str), ("--number", int)):
        parser.add_argument(name, type=kind, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.part:
        print(json.dumps(PARTS[told.part](told.url, told.number)), file=sys.stderr)
        return
    if told.inspect:
        install()
    with suppress(KeyboardInterrupt), serve(LATENCY_S) as server:
        if told.only in (None, "cpu"):
            cost_of_a_turn(server.url, told.rounds)
        if told.only in (None, "wall"):
            time_of_a_run(server.url, told.rounds)
        if told.only in (None, "memory"):
            memory_of_a_run(told.long)


if __name__ == "__main__":
    main()
