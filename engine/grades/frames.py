"""What a frame of grades or of outcomes must hold before anything is computed from it."""

from collections.abc import Iterable

import polars as pl

from engine.problems import UsageError

GRADES = ("pass", "fail", "na")
"""What a person can say of an output under a criterion; `na` is: the criterion does not apply to it."""
OUTCOMES = ("pass", "fail", "error")
"""What an assertion can end in; `error` is no verdict."""
AUDIT, INFORMATIVE = "audit", "informative"
SAMPLES = (AUDIT, INFORMATIVE)
"""Which sample an output is in: reported numbers come from the audit sample alone."""


def checked(
    frame: pl.DataFrame, words: dict[str, tuple[str, ...]], key: tuple[str, ...], *, numbers: tuple[str, ...] = ()
) -> pl.DataFrame:
    """The frame's columns in `key`, `words` and `numbers` (as floats, may be empty), in the order of `key`: no number depends on the
    order of rows.

    `words` names for each column the words it may hold, `key` the columns that together may hold no combination twice.

    Raises:
        UsageError: A column is missing, a word is none of those, a cell of `key` is empty, or a combination stands there twice.
    """
    columns = (*key, *words, *numbers)
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise UsageError(f"no column {missing[0]!r} among {', '.join(frame.columns) or 'none'}: it needs {', '.join(columns)}")
    # An empty frame may not say what its columns hold.
    frame = frame.select(columns).with_columns(pl.col(numbers).cast(pl.Float64)).with_columns(pl.col(pl.Null).cast(pl.String))
    for name, allowed in words.items():
        _only(name, frame[name].unique().to_list(), allowed)
    for name in key:
        if frame[name].null_count():
            raise UsageError(f"column {name!r} has empty cells: fill them in or leave these rows out")
    twice = frame.filter(pl.struct(key).is_duplicated())
    if twice.height:
        named = ", ".join(f"{name} {twice[name][0]!r}" for name in key)
        raise UsageError(f"{named} stands there more than once: keep the latest of them")
    return frame.sort(key)


def _only(name: str, seen: Iterable[object], allowed: tuple[str, ...]) -> None:
    for word in seen:
        if word not in allowed:
            raise UsageError(f"column {name!r} holds {word!r}: it may be {', '.join(allowed)}")
