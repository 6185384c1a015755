"""What calls cost: LiteLLM's price list, read from its file so that the dashboard need not import LiteLLM."""

import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.models import keys
from engine.models.catalogue import Model

FILE = "model_prices_and_context_window_backup.json"
OFFERED = ("openai", "anthropic", "gemini", "mistral", "groq", "xai", "deepseek", "together_ai", "cohere", "perplexity", "fireworks_ai")
"""Providers whose models are offered when their key is present."""


@dataclass(frozen=True)
class Price:
    """US dollars per token."""

    prompt: float
    completion: float

    def of(self, prompt_tokens: float, completion_tokens: float) -> float:
        """What these tokens cost, in US dollars."""
        return self.prompt * prompt_tokens + self.completion * completion_tokens


@cache
def _listed() -> dict[str, dict[str, Any]]:
    found = importlib.util.find_spec("litellm")
    places = found.submodule_search_locations if found else None
    path = Path(next(iter(places))) / FILE if places else None
    return json.loads(path.read_text(encoding="utf-8")) if path and path.exists() else {}


def _entry(model: str) -> Mapping[str, Any]:
    provider, _, bare = model.partition("/")
    told = _listed().get(model)
    if told is None and (found := _listed().get(bare)) and found.get("litellm_provider") == provider:
        told = found
    return told or {}


def price(model: Model) -> Price | None:
    """The model's price: its own in the catalogue, else LiteLLM's; `None` where neither knows it.

    A server of one's own (`base_url`, or `OPENAI_BASE_URL` with an unknown name) has no price unless the catalogue gives one.
    """
    if model.source == "simulated":
        return Price(0.0, 0.0)
    if model.usd_per_million_prompt_tokens is not None and model.usd_per_million_completion_tokens is not None:
        return Price(model.usd_per_million_prompt_tokens / 1e6, model.usd_per_million_completion_tokens / 1e6)
    told: Mapping[str, Any] = {} if model.base_url else _entry(model.model)
    if "input_cost_per_token" not in told or "output_cost_per_token" not in told:
        return None
    return Price(float(told["input_cost_per_token"]), float(told["output_cost_per_token"]))


def thinks(model: str) -> bool:
    """Whether LiteLLM's list calls it a reasoning model, which may think at length before it answers."""
    return bool(_entry(model).get("supports_reasoning"))


def offered() -> list[str]:
    """Chat models of the providers whose key is present, by LiteLLM's list."""
    have = [provider for provider in OFFERED if keys.present(f"{provider}/x")]
    found = {
        name if name.startswith(f"{told['litellm_provider']}/") else f"{told['litellm_provider']}/{name}"
        for name, told in _listed().items()
        if told.get("mode") == "chat" and told.get("litellm_provider") in have and not name.startswith("ft:")
    }
    return sorted(found)
