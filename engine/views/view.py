"""What a view is, and the words that views share."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec

import plotly.graph_objects as go
import polars as pl

from engine.benchmark import Benchmark, Lens
from engine.benchmarks import benchmark as benchmark_of
from engine.figures.exhibit import Exhibit
from engine.figures.palette import colours
from engine.problems import UsageError
from engine.results import Results

P = ParamSpec("P")


@dataclass
class View(Generic[P]):
    """A function that makes an exhibit, under its own name; filters are keywords."""

    work: Callable[Concatenate[Results, P], Exhibit]
    page: str
    """The address of the page that shows it."""

    def __post_init__(self) -> None:
        update_wrapper(self, self.work)

    @property
    def name(self) -> str:
        """How it is called in findings."""
        return self.work.__name__

    def __call__(self, results: Results, *told: P.args, **wanted: P.kwargs) -> Exhibit:
        """The exhibit, with all that is needed to make it anew."""
        made = self.work(results, *told, **wanted)
        if made.figure is not None and not made.figure.data:
            made = replace(made, figure=None, chart=None, sentence=why_not(made.title, made.figure))
        return replace(made, view=self.name, wanted=dict(wanted), page=self.page)


def view(page: str) -> Callable[[Callable[Concatenate[Results, P], Exhibit]], View[P]]:
    """Make a view of a function whose filters are keyword-only."""
    return lambda work: View(work, page)


def why_not(title: str, drawn: go.Figure) -> str:
    """Why a figure has nothing to show, from the words that stand in it."""
    told: Any = drawn.to_dict()  # pyright: ignore[reportUnknownVariableType]
    why = html.unescape(" ".join(str(note["text"]) for note in told["layout"].get("annotations", [])))
    return f"{title}: {why[:1].lower()}{why[1:]}, for want of answers that could be used."


def of(what: str, models: Sequence[str]) -> str:
    """A title: what is shown, of whom."""
    shown = [name.removeprefix("simulated/") for name in models]
    whom = ", ".join(shown) if len(shown) <= 3 else f"{len(shown)} models"
    if not shown or what.endswith("?"):
        return f"{what} ({whom})" if shown else what
    return f"{what}: {whom}" if len(shown) <= 3 else f"{what} of {whom}"


def lens_of(benchmark: str, metric: str, facet: str) -> tuple[Benchmark, Lens]:
    """A benchmark and its lens on a metric. Raises `UsageError` where there is none."""
    one = benchmark_of(benchmark)
    for lens in one.lenses:
        if (lens.metric, lens.facet) == (metric, facet):
            return one, lens
    raise UsageError(f"{one.name} has no lens '{metric}, {facet}' in this Plumbline; pin the finding again")


def coloured(results: Results, models: Sequence[str]) -> dict[str, str]:
    """Each model's colour, the same on every page."""
    return colours(models, results.known_models())


def resting(numbers: pl.DataFrame, *benchmarks: str) -> dict[str, Any]:
    """What an exhibit rests on, from the columns of its numbers: `sources`, `metrics`, `benchmarks`."""
    def column(name: str) -> tuple[str, ...]:
        return tuple(numbers[name].drop_nulls().unique(maintain_order=True).to_list()) if name in numbers.columns else ()

    return {"sources": column("source"), "metrics": column("metric"), "benchmarks": benchmarks or column("benchmark")}
