"""Asking through LiteLLM: every provider it knows, and our simulated one as a custom provider.

LiteLLM takes two seconds and much memory to import, so this module is imported only where models are called,
and it is the only one that imports it.
"""

import os
import time
from collections.abc import Sequence
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else the import tries the network
os.environ.setdefault("LITELLM_TELEMETRY", "False")

import litellm
from litellm.exceptions import (
    APIConnectionError,
    AuthenticationError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServiceUnavailableError,
    Timeout,
)
from litellm.llms.custom_llm import CustomLLM
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from engine.conversation import Ask, Message
from engine.models.catalogue import Model
from engine.models.gateway import Reply
from engine.models.simulated import answer, persona
from engine.problems import CallFailed, Problem, UsageError

TIMEOUT_S = 120.0
ATTEMPTS = 4
_PROBLEMS: tuple[tuple[type[Exception], Problem], ...] = (
    (ContextWindowExceededError, Problem.CONTEXT_TOO_LONG),
    (ContentPolicyViolationError, Problem.CONTENT_FILTER),
    (AuthenticationError, Problem.UNAUTHORISED),
    (PermissionDeniedError, Problem.UNAUTHORISED),
    (NotFoundError, Problem.NOT_FOUND),
    (RateLimitError, Problem.RATE_LIMITED),
    (Timeout, Problem.TIMED_OUT),
    (BadRequestError, Problem.REJECTED),
    (ServiceUnavailableError, Problem.SERVER_ERROR),
    (InternalServerError, Problem.SERVER_ERROR),
    (APIConnectionError, Problem.CONNECTION_LOST),
)


class SimulatedProvider(CustomLLM):
    """The provider behind `simulated/<persona>`."""

    async def acompletion(self, *_: Any, **kwargs: Any) -> litellm.ModelResponse:
        """A chat completion from a simulated respondent."""
        told = kwargs["optional_params"]
        who = persona(kwargs["model"].removeprefix("simulated/"))
        text = answer(who, kwargs["messages"], told["cue"], told["seed"], told["population"])
        response: litellm.ModelResponse = kwargs["model_response"]
        response.model = kwargs["model"]
        response.choices[0].message.content = text  # type: ignore[union-attr]
        response.choices[0].finish_reason = "stop"
        words = sum(len(message["content"].split()) for message in kwargs["messages"])
        usage = litellm.Usage(prompt_tokens=words, completion_tokens=len(text.split()), total_tokens=words + len(text.split()))
        response.usage = usage  # type: ignore[attr-defined]
        return response


class LiteLLMGateway:
    """Asks any model LiteLLM can reach. Passing troubles are retried a few times with growing pauses."""

    def __init__(self) -> None:
        litellm.custom_provider_map = [{"provider": "simulated", "custom_handler": SimulatedProvider()}]
        litellm.suppress_debug_info = True
        litellm.drop_params = True
        litellm.turn_off_message_logging = True

    def check(self, model: Model) -> None:
        """Raise `UsageError` when LiteLLM does not know the model's provider, or its key is not in the environment."""
        if model.source == "simulated":
            return
        try:
            litellm.get_llm_provider(model.model, api_base=model.base_url)
        except BadRequestError:
            provider = model.model.split("/")[0]
            raise UsageError(
                f"model '{model.name}': LiteLLM knows no provider '{provider}'; for a server that speaks OpenAI's protocol "
                "write openai/NAME and set OPENAI_BASE_URL"
            ) from None
        known: Any = litellm.validate_environment(model.model)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        missing: list[str] = known.get("missing_keys") or []
        if missing and "api_key" not in model.parameters:
            raise UsageError(
                f"model '{model.name}' needs {' and '.join(missing)} in the environment (any word will do for a server of "
                "your own that asks for none)"
            )

    async def reply(self, model: Model, messages: Sequence[Message], ask: Ask, *, seed: int, population: int) -> Reply:
        """See `Gateway.reply`."""
        settings: dict[str, Any] = {"max_tokens": ask.max_tokens, **model.parameters}
        if model.source == "simulated":
            settings |= {"cue": dict(ask.cue), "seed": seed, "population": population}
        if model.base_url:
            settings["base_url"] = model.base_url
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS), wait=wait_random_exponential(0.5, max=20), reraise=True,
            retry=retry_if_exception(lambda problem: isinstance(problem, CallFailed) and problem.problem.passing),
        ):
            with attempt:
                return await self._once(model, list(messages), settings)
        raise AssertionError("unreachable")

    async def _once(self, model: Model, messages: list[Message], settings: dict[str, Any]) -> Reply:
        began = time.monotonic()
        try:
            response: Any = await litellm.acompletion(
                model=model.model, messages=messages, timeout=TIMEOUT_S, max_retries=0, **settings
            )
        except Exception as problem:
            raise failed(problem) from None
        choice = response.choices[0]
        text = choice.message.content or ""
        if not text.strip():
            cut = {"length": Problem.TRUNCATED, "content_filter": Problem.CONTENT_FILTER}
            raise CallFailed(cut.get(choice.finish_reason, Problem.EMPTY), "the reply has no text")
        usage = getattr(response, "usage", None)
        hidden: dict[str, Any] = response._hidden_params or {}
        cost: float | None = 0.0 if model.source == "simulated" else hidden.get("response_cost")
        return Reply(
            text, getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None), cost,
            time.monotonic() - began,
        )


def failed(problem: Exception) -> CallFailed:
    """The `CallFailed` that stands for an exception of LiteLLM's, with its first line and without keys."""
    found = next((kind for exception, kind in _PROBLEMS if isinstance(problem, exception)), Problem.SERVER_ERROR)
    detail = (str(problem).strip() or type(problem).__name__).splitlines()[0][:300]
    for name, secret in os.environ.items():
        if name.endswith(("_KEY", "_TOKEN", "_SECRET")) and len(secret) >= 6:
            detail = detail.replace(secret, f"<{name}>")
    return CallFailed(found, detail)
