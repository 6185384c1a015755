"""The views: every figure and table that pages show, made of a lake's results and a few named filters.

So a page, a pinned finding, a report and a scheduler show the same thing. A view is a function of `Results` and keywords that can be
written as JSON; what it gives carries both, so that it can be made anew on other data.
"""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from engine.figures.exhibit import Exhibit
from engine.problems import PlumblineError, UsageError
from engine.results import Results
from engine.views.view import View


@cache
def views() -> dict[str, View[...]]:
    """Every view by its name."""
    modules = [import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    return {one.name: one for module in modules for one in vars(module).values() if isinstance(one, View)}


def make(results: Results, name: str, wanted: Mapping[str, Any]) -> Exhibit:
    """The exhibit of a view with these filters.

    Raises `UsageError` where the view or one of its filters is not known (any more), and `PlumblineError` where it cannot be made.
    """
    if name not in views():
        raise UsageError(f"no view '{name}' in this Plumbline; choose from {', '.join(sorted(views()))}")
    try:
        return views()[name](results, **wanted)
    except PlumblineError:
        raise
    except TypeError as problem:
        raise UsageError(f"the filters of '{name}' are not what it takes now: {problem}") from None
    except (KeyError, IndexError, ValueError) as problem:
        raise PlumblineError(f"'{name}' cannot be made of what the lake holds: {problem!r}") from problem
