"""HTML in one file that needs nothing else: styles, scripts, Plotly and data are inside, and its own policy forbids every request."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

TEMPLATES = Path(__file__).parent / "templates"
POLICY = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src"


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _styles(names: tuple[str, ...]) -> Markup:
    return Markup("\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in names))


@cache
def _scripts(names: tuple[str, ...]) -> tuple[tuple[Markup, str], ...]:
    """Each script with its digest: a browser runs these and no others, whatever words a deck holds."""
    texts = [get_plotlyjs() if name == "plotly" else (TEMPLATES / name).read_text(encoding="utf-8") for name in names]
    plain = [text.replace("\r\n", "\n").replace("</script", "<\\/script") for text in texts]  # as a browser reads and digests them
    return tuple((Markup(text), base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()) for text in plain)


def rendered(template: str, *, styles: Sequence[str], scripts: Sequence[str], **values: Any) -> str:
    """The HTML of a template with these styles and scripts from the templates' folder inside (`plotly`: Plotly itself)."""
    found = _scripts(tuple(scripts))
    policy = " ".join((POLICY, *(f"'sha256-{digest}'" for _, digest in found)))
    return _environment().get_template(template).render(
        style=_styles(tuple(styles)), scripts=[text for text, _ in found], policy=policy, data=_data, **values,
    )


def _data(content: object) -> Markup:
    """JSON for a `<script type="application/json">`: nothing in it can end the element."""
    return Markup(json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))
