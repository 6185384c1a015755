"""Keys of providers: where they may lie, which are present, and that none gets into a log, a table or a page."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

SECRETS = Path(__file__).resolve().parents[2] / ".streamlit" / "secrets.toml"
WHERE = "the environment (e.g. OPENAI_API_KEY) or .streamlit/secrets.toml"

OF_PROVIDER: Mapping[str, tuple[str, ...]] = {
    "openai": ("OPENAI_API_KEY",), "anthropic": ("ANTHROPIC_API_KEY",), "gemini": ("GEMINI_API_KEY", "GOOGLE_API_KEY"),
    "mistral": ("MISTRAL_API_KEY",), "groq": ("GROQ_API_KEY",), "xai": ("XAI_API_KEY",), "deepseek": ("DEEPSEEK_API_KEY",),
    "together_ai": ("TOGETHERAI_API_KEY",), "openrouter": ("OPENROUTER_API_KEY",), "perplexity": ("PERPLEXITYAI_API_KEY",),
    "fireworks_ai": ("FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY"), "cohere": ("COHERE_API_KEY",), "azure": ("AZURE_API_KEY",),
    "deepinfra": ("DEEPINFRA_API_KEY",), "cerebras": ("CEREBRAS_API_KEY",), "moonshot": ("MOONSHOT_API_KEY",),
    "nvidia_nim": ("NVIDIA_NIM_API_KEY",), "bedrock": ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"), "huggingface": ("HUGGINGFACE_API_KEY",),
}
"""The environment variables a provider's key may lie in, any one of which will do (from LiteLLM's documentation)."""

SECRET_NAME = re.compile(r"(^|[_-])(api_?key|key|token|secret|password|authorization|credentials?)($|[_-])", re.IGNORECASE)
SECRET_VALUE = re.compile(r"\b(sk-[\w-]{12,}|AIza[\w-]{20,}|gsk_\w{12,}|xai-\w{12,}|hf_\w{12,}|AKIA[A-Z0-9]{12,}|Bearer\s+\S{8,})")
SECRET_ADDRESS = re.compile(r"://[^/@\s]+:[^/@\s]+@")
SECRET_VARIABLE = re.compile(r"(_KEY|_TOKEN|_SECRET|_PASSWORD|_KEY_ID)$")


def load(path: Path = SECRETS) -> None:
    """Take keys from `.streamlit/secrets.toml` into the environment, where the environment does not have them yet."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return
    for name, value in told.items():
        if isinstance(value, str):
            os.environ.setdefault(name, value)


def present(model: str) -> bool | None:
    """Whether the key of a model string's provider is there; `None` where Plumbline does not know the provider."""
    provider = model.split("/")[0]
    if provider == "simulated":
        return True
    names = OF_PROVIDER.get(provider)
    return None if names is None else any(os.environ.get(name) for name in names)


def wanted(model: str) -> str:
    """The variables, any one of which may hold the key of a model string's provider, in words."""
    return " or ".join(OF_PROVIDER.get(model.split("/")[0], ()))


def secret_in(settings: Mapping[str, Any], inside: str = "") -> str | None:
    """The name of the first setting that is, or looks like, a secret; `None` where there is none."""
    for name, value in settings.items():
        place = f"{inside}{name}"
        parts = cast(list[Any], value) if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, Mapping):
                if found := secret_in(part, f"{place}."):  # pyright: ignore[reportUnknownArgumentType]
                    return found
            elif isinstance(part, str) and (SECRET_NAME.search(name) or SECRET_VALUE.search(part) or SECRET_ADDRESS.search(part)):
                return place
    return None


def without_secrets(text: str) -> str:
    """A text in which every key of the environment, and everything that looks like one, is replaced."""
    for name, secret in sorted(os.environ.items(), key=lambda told: -len(told[1])):  # one key may begin another
        if SECRET_VARIABLE.search(name) and len(secret) >= 6:
            text = text.replace(secret, f"<{name}>")
    return SECRET_VALUE.sub("<key>", SECRET_ADDRESS.sub("://<key>@", text))
