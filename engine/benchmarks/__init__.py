"""The registry: every module of this folder that makes a `BENCHMARK`, and installed entry points.

A package from outside adds one with an entry point in the group `plumbline.benchmarks` that names its
`Benchmark` object.
"""

import pkgutil
import re
import sys
from dataclasses import replace
from functools import cache
from importlib import import_module, metadata
from types import ModuleType

from engine.benchmark import Benchmark
from engine.problems import UsageError

SET_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""How a set of imported items may be named."""


@cache
def _modules() -> dict[str, ModuleType]:
    """The modules of this folder by their benchmark's name."""
    found = [import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return {module.BENCHMARK.name: module for module in found}


@cache
def benchmarks() -> dict[str, Benchmark]:
    """All benchmarks by name, those of this folder first."""
    found: dict[str, Benchmark] = {name: module.BENCHMARK for name, module in _modules().items()}
    for entry in metadata.entry_points(group="plumbline.benchmarks"):
        outside: Benchmark = entry.load()
        found.setdefault(outside.name, outside)
    return found


def benchmark(name: str) -> Benchmark:
    """The benchmark of that name; `name/set` for a set of imported items. Raises `UsageError` when there is none."""
    base, _, own = name.partition("/")
    try:
        found = benchmarks()[base]
        if not own:
            return found
        if not found.sets or not SET_NAME.fullmatch(own):
            raise KeyError(name)
        return replace(found, name=name, title=f"{found.title}: {own}")
    except KeyError:
        raise UsageError(f"no benchmark '{name}'; choose from {', '.join(benchmarks())}") from None


def data_card(name: str) -> str:
    """What the benchmark's own module says of it: purpose, items, limits (Markdown)."""
    module = _modules().get(name.partition("/")[0]) or sys.modules.get(getattr(benchmark(name).conversation, "__module__", ""))
    told = (module.__doc__ if module else "") or ""
    return told.replace("Data card\n---------\n", "").replace("\n**", "\n\n**")
