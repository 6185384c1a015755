"""What each metric is, in words, with its formula and source: read from `methods.md` beside this file."""

import re
from pathlib import Path


def _sections(text: str) -> dict[str, str]:
    found = re.split(r"^## (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(found[::2], found[1::2], strict=True)}


METHODS = _sections((Path(__file__).parent / "methods.md").read_text(encoding="utf-8"))
"""Markdown by metric name; the Methods page shows it."""
