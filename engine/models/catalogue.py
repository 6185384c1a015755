"""Which models there are: `data/models.toml`, and any LiteLLM model string."""

import os
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.benchmark import DATA, read_toml
from engine.problems import PlumblineError, UsageError
from engine.turns import Source

FILE = DATA / "models.toml"
_MODEL_STRING = re.compile(r"[\w.-]+/\S+")


class Model(BaseModel):
    """A model as it is asked: a LiteLLM model string with its parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = ""
    model: str
    """LiteLLM's model string, e.g. `openai/gpt-4o` or `simulated/steady`."""
    parameters: dict[str, Any] = Field(default_factory=dict)
    """Sent with every call, e.g. temperature."""
    base_url: str | None = None
    concurrency: int = Field(default=8, ge=1, le=1000)
    about: str = ""

    @property
    def source(self) -> Source:
        """`simulated` or `measured`."""
        return "simulated" if self.model.startswith("simulated/") else "measured"


def listed(path: Path | None = None) -> dict[str, Model]:
    """The models of `data/models.toml` (or of the file `PLUMBLINE_MODELS` names), by name.

    Raises `PlumblineError` naming the model and the setting when the file has a mistake.
    """
    path = path or Path(os.environ.get("PLUMBLINE_MODELS") or FILE)
    told = read_toml(path)
    if unknown := set(told) - {"models"}:
        raise PlumblineError(f"{path}: unknown table [{unknown.pop()}]; models are written [models.\"name\"]")
    named: dict[str, Any] = told.get("models", {})
    if not isinstance(named, dict):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise PlumblineError(f"{path}: models is not a table; models are written [models.\"name\"]")
    found: dict[str, Model] = {}
    for name, settings in named.items():
        try:
            found[name] = Model.model_validate({**settings, "name": name})
        except (ValidationError, TypeError) as problem:
            raise PlumblineError(f"{path}: model '{name}': {_first_error(problem)}") from None
    return found


def _first_error(problem: ValidationError | TypeError) -> str:
    if isinstance(problem, TypeError):
        return "its settings must be a table"
    first = problem.errors()[0]
    setting = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"unknown setting '{setting}'; it may have {', '.join(name for name in Model.model_fields if name != 'name')}"
    return f"setting '{setting}': {first['msg']}"


def model(name: str) -> Model:
    """The model of that name, or any LiteLLM model string `provider/model`.

    Raises `UsageError` for a name that is neither.
    """
    known = listed()
    if name in known:
        return known[name]
    if name.startswith("simulated/") or not _MODEL_STRING.fullmatch(name):
        raise UsageError(
            f"no model '{name}'; `python -m engine models` lists the named ones, any other is written provider/model, "
            "e.g. openai/gpt-4o"
        )
    return Model(name=name, model=name)
