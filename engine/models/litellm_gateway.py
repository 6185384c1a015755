"""Asking through LiteLLM: every provider it knows, and our simulated one as a custom provider.

LiteLLM takes two seconds and much memory to import, so this module is imported only where models are called,
and it is the only one that imports it.
"""

import asyncio
import json
import logging
import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # else the import tries the network
os.environ.setdefault("LITELLM_TELEMETRY", "False")

import litellm
from litellm.exceptions import (
    APIResponseValidationError,
    BadRequestError,
    ContentPolicyViolationError,
    ContextWindowExceededError,
    RateLimitError,
    Timeout,
)
from litellm.litellm_core_utils.litellm_logging import Logging  # pyright: ignore[reportMissingTypeStubs]
from litellm.llms.custom_llm import CustomLLM
from litellm.utils import custom_llm_setup

from engine.models import keys
from engine.models.catalogue import Model
from engine.models.gateway import Call, Reply
from engine.models.limits import Limits, wait_asked
from engine.models.prices import price
from engine.models.simulated import answer, persona
from engine.problems import CallFailed, Problem, UsageError

_PROBLEMS: tuple[tuple[type[Exception], Problem], ...] = (
    (ContextWindowExceededError, Problem.CONTEXT_TOO_LONG),
    (ContentPolicyViolationError, Problem.CONTENT_FILTER),
    (RateLimitError, Problem.RATE_LIMITED),
    (Timeout, Problem.TIMED_OUT),
    (TimeoutError, Problem.TIMED_OUT),
    (APIResponseValidationError, Problem.MALFORMED),
)
_STATUS = {
    400: Problem.REJECTED, 401: Problem.UNAUTHORISED, 403: Problem.UNAUTHORISED, 404: Problem.NOT_FOUND, 408: Problem.TIMED_OUT,
    413: Problem.CONTEXT_TOO_LONG, 422: Problem.REJECTED, 429: Problem.RATE_LIMITED,
}
_QUOTA = re.compile(r"insufficient_quota|per[ -]day|daily|\b[RT]PD\b|exceeded your current quota|billing", re.IGNORECASE)
_FILTER = re.compile(r"content[_ ](filter|policy|management)|responsible ?ai", re.IGNORECASE)
_CONTEXT = re.compile(r"context[_ ](length|window)|maximum context|too many tokens|prompt is too long", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:litellm\.)?(?:\w+(?:Error|Exception): )*(?:\w+Exception - )?")
_GARBLED = re.compile(r"Unable to get json response|Invalid response object")
_UNHOLDABLE = re.compile("[\x00\ud800-\udfff]")
_LOST = re.compile(r"connect|ReadError|RemoteProtocol|Disconnected|BrokenPipe|Payload|SSL", re.IGNORECASE)
_REFUSED = re.compile(
    r"(?:unsupported|unrecognized|unknown|not supported|does not support|doesn't support|not permitted|extra inputs?|deprecated)",
    re.IGNORECASE,
)
_REMOVABLE = (
    "temperature", "top_p", "seed", "reasoning_effort", "thinking", "frequency_penalty", "presence_penalty", "stop", "max_tokens",
    "max_completion_tokens",
)
"""Parameters that a model may turn out not to take."""
_SYSTEM = re.compile(r"system (?:role|message|instruction|prompt)\w*|role.{0,20}system|developer instruction", re.IGNORECASE)


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


class Record(Logging):
    """LiteLLM's record of one call, without the copies of question and answer that it makes for logs nobody keeps here."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            model=told["model"], messages=told["messages"], stream=False, call_type="acompletion", start_time=datetime.now(),
            litellm_call_id="plumbline", litellm_trace_id="plumbline", function_id="",
        )

    def pre_call(self, *_: Any, **__: Any) -> None:
        """Nobody listens."""

    def post_call(self, *_: Any, **__: Any) -> None:
        """Nobody listens."""


def _unrecorded() -> Callable[..., Awaitable[Any]] | None:
    """LiteLLM's `acompletion` without its `@client` decorator, or `None` where this LiteLLM is built otherwise.

    The decorator serves LiteLLM's own loggers, caches, fallbacks and budgets, of which none is in use here, and takes over a
    third of a call's time: it copies and redacts question and answer, reckons the cost three times and starts a task for
    loggers that are not there. Without it the same call goes to the same provider and comes back with the same errors.
    """
    decorated: Any = getattr(litellm.acompletion, "__wrapped__", None)  # under a dispatcher
    bare: Any = getattr(decorated, "__wrapped__", None)
    code = getattr(bare, "__code__", None)
    if code is None or "litellm_logging_obj" not in code.co_consts:
        return None
    with suppress(TypeError):
        Record({"model": "openai/x", "messages": []})
        return bare
    return None


_BARE = _unrecorded()


async def _asked(model: Model, told: Mapping[str, Any]) -> Any:
    """LiteLLM's response, with what it cost where LiteLLM is to say that."""
    if _BARE is None:
        return await litellm.acompletion(**told)
    record = Record(told)
    response = await _BARE(**told, litellm_logging_obj=record)
    if model.source != "simulated" and model.usd_per_million_prompt_tokens is None and price(model):
        cost = record.response_cost_calculator(result=response, litellm_model_name=model.model)
        response._hidden_params["response_cost"] = cost  # where the decorator leaves it
    return response


class LiteLLMGateway:
    """Asks any model LiteLLM can reach, once a call; what to do about a failure is the player's part."""

    def __init__(self) -> None:
        keys.load()
        litellm.custom_provider_map = [{"provider": "simulated", "custom_handler": SimulatedProvider()}]
        custom_llm_setup()
        litellm.suppress_debug_info = True
        litellm.turn_off_message_logging = True
        for name in ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy", "httpx", "openai"):
            logging.getLogger(name).setLevel(logging.CRITICAL)

    def check(self, model: Model) -> None:
        """Raise `UsageError` when LiteLLM does not know the model's provider, or its key is not there."""
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
        if missing:
            raise UsageError(
                f"model '{model.name}' needs {' and '.join(missing)} in the environment or .streamlit/secrets.toml (any word will do "
                "for a server of your own that asks for none)"
            )

    def settings(self, model: Model, call: Call) -> dict[str, Any]:
        """The keyword arguments of LiteLLM's completion for a call."""
        told: dict[str, Any] = {
            "model": model.model, "messages": list(call.messages), "timeout": model.timeout_s, "max_retries": 0, **call.parameters,
        }
        if model.source == "simulated":
            told |= {"cue": dict(call.cue), "seed": call.seed, "population": call.population}
        if model.base_url:
            told["base_url"] = model.base_url
        return told

    async def reply(self, model: Model, call: Call) -> Reply:
        """See `Gateway.reply`."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(model.timeout_s):  # LiteLLM's own counts only from byte to byte
                response = await _asked(model, self.settings(model, call))
        except Exception as problem:
            raise failed(problem) from None
        return _understood(model, response, time.monotonic() - began)

    async def streamed(self, model: Model, call: Call, tell: Callable[[str, str], None]) -> Reply:
        """The same reply, while `tell` hears its pieces as they are written: (`text` or `thinking`, words)."""
        if model.source == "simulated":  # the respondent has its answer at once
            reply = await self.reply(model, call)
            tell("text", reply.text)
            return reply
        began, chunks = time.monotonic(), list[Any]()
        try:
            async with asyncio.timeout(model.timeout_s):
                stream: Any = await litellm.acompletion(**self.settings(model, call), stream=True, stream_options={"include_usage": True})
                async for chunk in stream:
                    chunks.append(chunk)
                    delta = chunk.choices[0].delta if chunk.choices else None
                    for kind, words in (("thinking", "reasoning_content"), ("text", "content")):
                        if piece := getattr(delta, words, None):
                            tell(kind, clean(piece))
            whole: Any = litellm.stream_chunk_builder(chunks, messages=list(call.messages))  # pyright: ignore[reportUnknownMemberType]
        except Exception as problem:
            raise failed(problem) from None
        return _understood(model, whole, time.monotonic() - began)


def _understood(model: Model, response: Any, latency_s: float) -> Reply:
    """LiteLLM's response as a `Reply`. Raises `CallFailed` when it is not one."""
    choices: list[Any] = getattr(response, "choices", None) or []
    message: Any = getattr(choices[0], "message", None) if choices else None
    if message is None:
        raise CallFailed(Problem.MALFORMED, "the reply has no choices")
    usage: Any = getattr(response, "usage", None)
    hidden: dict[str, Any] = getattr(response, "_hidden_params", None) or {}
    headers: Mapping[str, str] = getattr(response, "_response_headers", None) or hidden.get("additional_headers") or {}
    text, thinking = _parted(clean(message.content or ""), getattr(message, "reasoning_content", None))
    special: dict[str, Any] = getattr(message, "provider_specific_fields", None) or {}
    refusal = clean(special.get("refusal") or "")
    prompt, completion = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    return Reply(
        text or refusal, thinking, choices[0].finish_reason or "stop", bool(refusal and not text), prompt, completion,
        _cost(model, hidden, prompt, completion), latency_s, Limits.read(headers), getattr(response, "model", None),
    )


def _cost(model: Model, hidden: Mapping[str, Any], prompt: int | None, completion: int | None) -> float | None:
    """LiteLLM's own figure (it knows of cached tokens), else the catalogue's price; `None` where neither knows."""
    listed = price(model)
    if model.usd_per_million_prompt_tokens is None and listed is not None and (told := hidden.get("response_cost")) is not None:
        return float(told)
    return listed.of(prompt, completion) if listed and prompt is not None and completion is not None else None


def clean(text: str) -> str:
    """Text that every part of the lake can hold: without null characters and halves of surrogate pairs, which become \ufffd."""
    return _UNHOLDABLE.sub("\ufffd", text)


def _parted(text: str, thinking: str | None) -> tuple[str, str | None]:
    """The answer and the hidden thinking, which some servers leave in the text between tags."""
    if found := re.match(r"\s*<think(?:ing)?>(.*?)</think(?:ing)?>\s*", text, re.DOTALL | re.IGNORECASE):
        return text[found.end():], "\n".join(part for part in (thinking, found.group(1).strip()) if part)
    return text, clean(thinking.strip()) if thinking else None


def failed(problem: Exception) -> CallFailed:
    """The `CallFailed` that stands for an exception of LiteLLM's, with its first line and without keys."""
    if isinstance(problem, CallFailed):
        return problem
    said = str(problem).strip() or type(problem).__name__
    headers: Mapping[str, str] | None = getattr(problem, "litellm_response_headers", None)
    found, refused = _kind(problem, answered=headers is not None), None
    if found is Problem.RATE_LIMITED and _QUOTA.search(said):
        found = Problem.QUOTA_USED
    elif found is Problem.REJECTED:
        found, refused = _rejected(said)
    return CallFailed(found, keys.without_secrets(_in_words(said)), wait_s=wait_asked(headers or {}), refused=refused)


def _in_words(said: str) -> str:
    """The provider's own sentence: out of its JSON, without tags, LiteLLM's prefixes and the traces it adds."""
    said = _PREFIX.sub("", said.split("Traceback (most recent call last)")[0])
    if found := re.match(r'\{.*?"message": *("(?:[^"\\]|\\.)*")', said, re.DOTALL):
        with suppress(ValueError):
            said = json.loads(found[1])
    return " ".join(re.sub(r"<[^>]*>", " ", said).split())[:300]


def _kind(problem: Exception, *, answered: bool) -> Problem:
    """Which problem an exception is. Where nothing was answered LiteLLM makes up a status 500, and its causes tell more."""
    for exception, kind in _PROBLEMS:
        if isinstance(problem, exception):
            return kind
    if _GARBLED.search(str(problem)):
        return Problem.MALFORMED
    status: int = getattr(problem, "status_code", 0) or 0
    if answered or status in _STATUS:
        return _STATUS.get(status, Problem.SERVER_ERROR)
    lost = any(isinstance(cause, OSError) or _LOST.search(type(cause).__name__) for cause in _causes(problem))
    return Problem.CONNECTION_LOST if lost or "Connection error" in str(problem) else Problem.MALFORMED


def _causes(problem: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    cause: BaseException | None = problem.__cause__ or problem.__context__
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    return found


def _rejected(said: str) -> tuple[Problem, str | None]:
    """What a 400 is about, and which parameter could be left out to mend it."""
    if _CONTEXT.search(said):
        return Problem.CONTEXT_TOO_LONG, None
    if _FILTER.search(said):
        return Problem.CONTENT_FILTER, None
    if _SYSTEM.search(said):
        return Problem.REJECTED, "system"
    named = next((name for name in _REMOVABLE if re.search(rf"\b{name}\b", said)), None)
    return Problem.REJECTED, named if named and (_REFUSED.search(said) or "temperature" in named) else None
