"""All estimates of a million turns of 20 models, and the Overview over them: how long they take.

`python -m tests.bench_estimates`; `python -m tests.bench_estimates FOLDER` keeps the lake there, for another time (filling takes minutes).
The turns are those that each benchmark's own design and script give, readings drawn at random model by model, inserted in bulk: playing
a million trials would measure the player.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from engine.benchmark import Benchmark
from engine.benchmarks import benchmark
from engine.benchmarks.dilemmas import ETHICS
from engine.benchmarks.regions import ANSWERS
from engine.circle import ORDER_19
from engine.commands.playing import estimated
from engine.conversation import Reading
from engine.lake import Lake, references, runs, turns
from engine.metrics import measured
from engine.runs.plan import posed
from engine.turns import Trial, digest
from tests.bench import HERE, browsed

MODELS = [f"simulated/m{number:02d}" for number in range(20)]
EPOCHS = {"values": 18, "dilemmas": 12, "regions": 12, "decisions": 12}
"""Together some 50,000 turns of a model."""
RUNS = 6
"""Runs that the turns came in, all models mixed as in a real one."""
LOST = 0.02
"""Trials that end early, half with a reply that could not be read and half without one."""
ANSWERED_BY = {"rating": Reading("rating", number=4), "strength": Reading("rating", number=3), "text": Reading("text", text="Because …")}


def script(one: Benchmark) -> pl.DataFrame:
    """The turns of one epoch as the benchmark itself gives them, a row each: what they share over models and epochs."""
    rows: list[dict[str, Any]] = []
    for place, (item, condition) in enumerate(posed(one, one.items, {})):
        assert one.conversation
        talk, turn, before = one.conversation(item, condition, 0), 0, len(rows)
        ask = next(talk)
        while True:
            kind, options = ask.cue["kind"], sorted(ask.cue.get("options", {}).values())
            rows.append({
                "place": place, "benchmark": one.name, "version": one.version, "trial_item": item.id, "item": ask.item or item.id,
                "stem": item.stem, "condition": json.dumps(dict(condition)), "turn": turn, "last": False, "step": ask.step or None,
                "messages": json.dumps(ask.messages()), "kind": ANSWERED_BY[kind].kind if kind in ANSWERED_BY else "choice",
                "options": options or ["", ""],
                "construct": ask.cue.get("construct"), "label": item.content.get("label"), "continent": item.content.get("continent"),
                "level": condition.get("pressure") or condition.get("strategy"),
            })
            try:
                ask = talk.send(ANSWERED_BY.get(kind) or Reading("choice", choice=options[0]))
            except StopIteration:
                break
            turn += 1
        rows[-1]["last"] = True
        for row in rows[before:]:
            row["turns"] = turn + 1
    return pl.DataFrame(rows, infer_schema_length=None)


def keys(model: str, one: Benchmark, epochs: range) -> pl.DataFrame:
    """The trials of a model in some epochs: place, epoch, trial (key), seed."""
    told = list(enumerate(posed(one, one.items, {})))
    return pl.DataFrame([
        {"place": place, "epoch": epoch, "seed": epoch * 7919 + place,
         "trial": Trial(model, one.name, one.version, item.id, item.stem, condition, epoch, 0).key}
        for epoch in epochs for place, (item, condition) in told
    ], schema_overrides={"epoch": pl.Int32})


def codes(column: pl.Series) -> np.ndarray[Any, Any]:
    """Each value's place among the different ones, in order."""
    names = column.unique().sort().to_list()
    return column.replace_strict({name: at for at, name in enumerate(names)}, return_dtype=pl.Int64).to_numpy()


def choices(rows: pl.DataFrame, own: np.random.Generator, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """What a model chooses: by leanings of its `own` over stems, places and levels; what is drawn holds for a whole trial."""
    level = own.uniform(0.02, 0.4, 8)[codes(rows["level"])]
    tilt = own.dirichlet(np.ones(3), rows["stem"].n_unique())[codes(rows["stem"])]
    drawn = rng.uniform(size=trials_in(rows))[rows["trial_number"]]
    if rows["benchmark"][0] == "dilemmas":
        first = (drawn[:, None] > tilt.cumsum(axis=1)[:, :2]).sum(axis=1)
        flipped = (rows["turn"].to_numpy() == 1) & (rng.uniform(size=rows.height) < level)
        return np.array(ETHICS)[(first + flipped * rng.integers(1, 3, rows.height)) % 3]
    if rows["benchmark"][0] == "decisions":
        return np.where(drawn < tilt[:, 0] + 0.2, rows["options"].list.first(), rows["options"].list.last())
    right = drawn < 0.9 - level + own.normal(0, 0.1, 6)[codes(rows["continent"])] + 0.2 * (tilt[:, 0] - 1 / 3)
    label = rows["label"].replace_strict({name: at for at, name in enumerate(ANSWERS)}, return_dtype=pl.Int64).to_numpy()
    return np.array(list(ANSWERS))[np.where(right, label, (label + rng.integers(1, 3, rows.height)) % 3)]


def ratings(rows: pl.DataFrame, own: np.random.Generator, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    """What a model rates: a wave around the circle of values, with a phase and noise of its own."""
    at = rows["construct"].replace_strict({name: place for place, name in enumerate(ORDER_19)}, return_dtype=pl.Int64).to_numpy()
    mean = 4 + own.uniform(0.3, 1.2) * np.cos(2 * np.pi * at / 19 - own.uniform(0, 2 * np.pi))
    return np.clip(np.rint(mean + rng.normal(0, own.uniform(0.3, 1.2), rows.height)), 1, 6)


def trials_in(rows: pl.DataFrame) -> int:
    """How many trials these rows belong to."""
    return rows["trial_number"].n_unique()


def answered(rows: pl.DataFrame, own: np.random.Generator, rng: np.random.Generator) -> pl.DataFrame:
    """The same rows with their readings, and without those after an early end."""
    held, rated = trials_in(rows), not rows["construct"].null_count()
    ends = np.where(rng.uniform(size=held) < LOST, rng.uniform(size=held), 2)
    rows = rows.with_columns(
        end=(pl.Series(ends[rows["trial_number"]]) * pl.col("turns")).floor().cast(pl.Int64),
        number=pl.Series(ratings(rows, own, rng) if rated else rng.integers(1, 6, rows.height).astype(float)),
        choice=pl.lit(None, pl.String) if rated else pl.Series(choices(rows, own, rng)),
    )
    cut, unread = pl.col("turn") == pl.col("end"), pl.col("kind").ne("text") & (pl.col("trial_number") % 2 == 0)
    return rows.filter(pl.col("turn") <= pl.col("end")).with_columns(
        last=pl.col("last") | cut, problem=pl.when(cut & ~unread).then(pl.lit("truncated")),
        reading=pl.when(cut).then(pl.when(unread).then(pl.lit("unread"))).otherwise("kind"),
        choice=pl.when(~cut, pl.col("kind") == "choice").then("choice"),
        number=pl.when(~cut, pl.col("kind") == "rating").then("number"),
        reply=pl.when(pl.col("kind") == "text").then(pl.lit("A sentence or two of what was thought. " * 8)).otherwise(pl.lit("A")),
    )


def one_run(number: int, scripts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """All turns of one run, in the order in which they came."""
    found: list[pl.DataFrame] = []
    for at, model in enumerate(MODELS):
        for name, lines in scripts.items():
            one, own, rng = benchmark(name), *(np.random.default_rng([at, len(name), *more]) for more in ((), (number,)))
            each = EPOCHS[name] // RUNS
            trials = keys(model, one, range(number * each, number * each + each)).with_row_index("trial_number")
            found.append(answered(trials.join(lines, on="place"), own, rng).with_columns(model=pl.lit(model)))
    rows, rng = pl.concat(found, how="vertical_relaxed"), np.random.default_rng(number)
    began = datetime(2026, 1, 1 + number, tzinfo=UTC)
    came = pl.lit(began) + pl.duration(seconds=pl.col("trial").hash(number) % 20_000 + 3 * pl.col("turn"))
    return rows.with_columns(answered_at=came).sort("answered_at").select(
        pl.exclude("place", "trial_number", "kind", "construct", "label", "continent", "level", "options", "turns", "end"),
        run=pl.lit(f"run{number}"), source=pl.lit("simulated"), role=pl.lit("subject"), detail=pl.lit(""),
        prompt_tokens=pl.col("messages").str.len_chars() // 4, completion_tokens=pl.Series(rng.integers(1, 120, rows.height)),
        cost_usd=pl.lit(1e-5), latency_s=pl.Series(rng.exponential(1.0, rows.height)), finish=pl.lit("stop"), served=pl.col("model"),
        sent=pl.lit('{"temperature": 1.0}'), attempts=pl.lit(1, pl.Int32), prompt_digest=pl.col("messages").hash().cast(pl.String),
        call_digest=pl.concat_str("trial", pl.col("turn").cast(pl.String)).hash().cast(pl.String),
    )


def filled(folder: Path) -> None:
    """A lake of some million turns, with all estimates."""
    with Lake.open(str(folder)) as lake:
        if not turns.played(lake).is_empty():
            return
        began, scripts = time.monotonic(), {name: script(benchmark(name)) for name in EPOCHS}
        references.load(lake)
        for number in range(RUNS):
            rows = one_run(number, scripts)
            versions = {name: benchmark(name).version for name in EPOCHS}
            runs.begin(lake, f"run{number}", plan={"trials": rows["trial"].n_unique()}, seed=number, asked_by="bench", versions=versions)
            lake.insert("turns", rows)
            runs.finish(lake, f"run{number}", "complete", {"answered": rows["trial"].n_unique(), "cost_usd": 0.0})
        lake.tidy()
        print(f"filling: {turns.count(lake):,} turns of {len(MODELS)} models in {time.monotonic() - began:.0f} s", flush=True)
        began = time.monotonic()
        for model, one in everyone():
            estimated(lake, f"run{RUNS - 1}", model, "simulated", one)
        lake.tidy()
        runs.finish(lake, f"run{RUNS - 1}", "complete", {})
    print(f"reading, estimating and keeping, one after the other: {time.monotonic() - began:.1f} s", flush=True)


def everyone() -> Iterator[tuple[str, Benchmark]]:
    """Every model on every benchmark."""
    return ((model, benchmark(name)) for model in MODELS for name in EPOCHS)


def estimating(folder: Path) -> None:
    """How long it takes to read the turns, and to estimate everything from them; what came out, as a digest."""
    with Lake.open(str(folder), create=False) as lake:
        began = time.monotonic()
        read = [(model, one, turns.for_metrics(lake, model, one.name, one.version)) for model, one in everyone()]
        reading = time.monotonic() - began
    taken = dict.fromkeys(EPOCHS, 0.0)
    rows: list[pl.DataFrame] = []
    for model, one, mine in read:
        began = time.monotonic()
        found, _ = measured(one, one.items, mine)
        taken[one.name] += time.monotonic() - began
        rows.append(found.select(pl.lit(model).alias("model"), pl.all()))
    told, every = ", ".join(f"{name} {s:.2f}" for name, s in taken.items()), pl.concat(rows)
    print(f"reading {sum(mine.height for *_, mine in read):,} turns: {reading:.2f} s")
    print(f"{every.height:,} estimates of them: {sum(taken.values()):.2f} s ({told}); digest {digest(every.to_dicts())}", flush=True)


def overview(folder: Path) -> None:
    """The server's time for the Overview, first and warm."""
    from streamlit.testing.v1 import AppTest

    os.environ["PLUMBLINE_LAKE"] = str(folder)
    app = AppTest.from_file(str(Path(__file__).resolve().parents[1] / "pages" / "main.py"), default_timeout=600)
    taken: list[float] = []
    for _ in range(8):
        began = time.monotonic()
        app.run()
        taken.append(time.monotonic() - began)
        assert not app.exception
    warm = sorted(taken[1:])
    print(f"overview, server: first {taken[0]:.2f} s, warm median {warm[len(warm) // 2] * 1000:.0f} ms of {len(warm)}", flush=True)


def in_browser(folder: Path) -> None:
    """The Overview in a browser, first and again."""
    with browsed(str(folder)) as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        for name in ("first visitor of a fresh server", "again", "and again"):
            began = time.monotonic()
            page.goto(HERE)
            page.locator(".js-plotly-plot .main-svg").first.wait_for()
            print(f"overview, {name}: {time.monotonic() - began:.2f} s from goto to the first figure")


def main() -> None:
    """Fill, where that was not done before, and measure."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else made) / "lake"
        folder.parent.mkdir(exist_ok=True)
        filled(folder)
        estimating(folder)
        overview(folder)
        in_browser(folder)


if __name__ == "__main__":
    main()
