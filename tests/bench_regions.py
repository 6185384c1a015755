"""The Regions page with 280 situations, 20 models, 3 strategies and 5 epochs in the lake: how long a warm change of a filter takes.

`python -m tests.bench_regions`; `python -m tests.bench_regions FOLDER` keeps the lake there, for another time (filling takes minutes).
"""

import os
import sys
import tempfile
import time
from pathlib import Path

from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake
from engine.models.gateway import DirectGateway
from tests.bench import HERE, browsed, switched

MODELS = [f"simulated/m{number:02d}" for number in range(20)]
STRATEGIES = [f"strategy={name}" for name in ("direct", "think first", "five steps")]
LIKE = ("steady", "pliable", "contrarian", "random")


def filled(folder: Path) -> None:
    """A lake with that many models, each like one of the simulated ones."""
    catalogue = folder / "models.toml"
    told = [f'[models."{name}"]\nmodel = "simulated/{LIKE[number % len(LIKE)]}"\n' for number, name in enumerate(MODELS)]
    catalogue.write_text("".join(told))
    os.environ["PLUMBLINE_MODELS"] = str(catalogue)
    with Lake.open(str(folder / "lake")) as lake:
        began = time.monotonic()
        play(lake, Request(MODELS, ["regions"], STRATEGIES, 5), gateway=DirectGateway())
        turns = lake.read("SELECT count(*) AS n FROM turns")["n"][0]
    print(f"regions: {turns:,} turns in the lake after {time.monotonic() - began:.0f} s")


def measured(folder: Path) -> None:
    """Measure and print."""
    with browsed(str(folder / "lake")) as browser:
        page = browser.new_page(viewport={"width": 1400, "height": 1000})
        for name in ("first visitor of a fresh server", "again"):
            began = time.monotonic()
            page.goto(f"{HERE}/regions?region_model={MODELS[0]}")
            page.locator(".js-plotly-plot .main-svg").first.wait_for()
            print(f"regions, {name}: {time.monotonic() - began:.2f} s from goto to the first figure")
        print(f"regions, warm filter change: {switched(page, (('country', 'share right in the country'), ('region', 'score of the')))}")


def main() -> None:
    """Fill, where that was not done before, and measure."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else made)
        folder.mkdir(exist_ok=True)
        filled(folder)
        measured(folder)


if __name__ == "__main__":
    main()
