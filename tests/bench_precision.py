"""How many calls a precision takes, against equal epochs for everybody: `python -m tests.bench_precision`."""

import tempfile
from pathlib import Path

import polars as pl

from engine.benchmarks import benchmark
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, turns
from engine.metrics import estimate
from engine.models.gateway import DirectGateway
from engine.runs.precision import Precision, widest

MODELS = ["simulated/steady", "simulated/pliable", "simulated/contrarian", "simulated/random"]
ASKED = Precision("flip_rate", 0.05)
ONE = benchmark("dilemmas")


def calls_and_widest(lake: Lake, epochs: int) -> tuple[int, float]:
    """Calls of the first epochs of all models, and the half-width of the widest interval of all."""
    calls, halves = 0, list[float]()
    for model in MODELS:
        read = turns.for_metrics(lake, model, ONE.name, ONE.version).filter(pl.col("epoch") <= epochs)
        calls += read.height
        halves += [half or 1.0 for half in widest(ASKED, ONE, estimate(ONE, ONE.items, read).to_dicts()).values()]
    return calls, max(halves)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        with Lake.open(str(Path(folder) / "precise")) as lake:
            looks = play(lake, Request(MODELS, [ONE.name], precision=ASKED), gateway=DirectGateway()).looks
            most = max(look.epochs for look in looks)
            calls, half = calls_and_widest(lake, most)
        with Lake.open(str(Path(folder) / "equal")) as lake:
            play(lake, Request(MODELS, [ONE.name], epochs=most + 2), gateway=DirectGateway())
            equal = {epochs: calls_and_widest(lake, epochs) for epochs in range(2, most + 3)}
        epochs, (same, wide) = next((epochs, told) for epochs, told in equal.items() if told[1] <= half)
    print(
        f"precision: widest flip rate ± {half:.4f} after {calls:,} calls (2 to {most} epochs); {epochs} equal epochs reach "
        f"± {wide:.4f} after {same:,}: {1 - calls / same:.0%} fewer calls (target at least 30 %)"
    )


if __name__ == "__main__":
    main()
