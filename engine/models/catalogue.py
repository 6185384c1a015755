"""Which models there are: `data/models.toml`, and any LiteLLM model string."""

import os
import re
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.benchmark import DATA, read_toml
from engine.models import keys
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
    effort: Literal["none", "minimal", "low", "medium", "high", "xhigh"] | None = None
    """How hard a reasoning model is to think; sent as `reasoning_effort`."""
    thinking_tokens: int | None = Field(default=None, ge=0)
    """Tokens a reasoning model may think, on top of those of its answer; sent as a thinking budget unless `effort` is set."""
    system: Literal["send", "fold"] = "send"
    """`fold`: the model takes no system message, so its words go before the first question."""
    base_url: str | None = None
    concurrency: int = Field(default=64, ge=1, le=1000)
    """The most calls in flight at once; the player climbs towards it while replies are healthy."""
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    timeout_s: float = Field(default=120, gt=0, le=3600)
    usd_per_million_prompt_tokens: float | None = Field(default=None, ge=0)
    usd_per_million_completion_tokens: float | None = Field(default=None, ge=0)
    about: str = ""

    @property
    def source(self) -> Source:
        """`simulated` or `measured`."""
        return "simulated" if self.model.startswith("simulated/") else "measured"

    @property
    def fingerprint(self) -> dict[str, Any]:
        """What of it decides its answers: kept with every run, and part of every call's digest."""
        told: dict[str, Any] = {"model": self.model, "parameters": self.parameters, "base_url": self.base_url}
        more = {"effort": self.effort, "thinking_tokens": self.thinking_tokens}
        return told | {name: value for name, value in more.items() if value is not None}


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
            told = {**settings, "name": name}
            if secret := keys.secret_in(told):
                raise PlumblineError(
                    f"{path}: model '{name}': setting '{secret}' holds a secret; take it out, keys belong in {keys.WHERE}"
                )
            found[name] = Model.model_validate(told)
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
