"""Markdown with formulas as HTML that any browser sets by itself: MathML, no script and no fonts."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

import html
from functools import cache

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup
from mdit_py_plugins.dollarmath import dollarmath_plugin


def as_html(text: str) -> Markup:
    """Markdown as HTML: tables and formulas between `$`; HTML and pictures in it are shown as they stand, headings begin at level 4."""
    return Markup(_markdown().render(text))


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    made.use(dollarmath_plugin, renderer=_formula, allow_space=False)
    made.core.ruler.push("lower_headings", _lower_headings)
    return made


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 3)}"


def _formula(text: str, options: dict[str, bool]) -> str:
    try:
        return convert(text, display="block" if options["display_mode"] else "inline")
    except Exception:  # whatever the package cannot read is shown as it was written; its errors have no common ancestor
        return f"<code>{html.escape(text)}</code>"
