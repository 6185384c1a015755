"""What the faulty server can say: one table from a behaviour's name to the reply it makes.

Everything here is a plain function of the call; behaviours that mistreat the connection itself are in `faulty.py`.
"""

import json
import math
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

JSON = "application/json"
LETTERED = re.compile(r"^\s*\(?[A-Z][).:] ", re.MULTILINE)
DIGIT = re.compile(r"\d")
FILLER = ("considering" * 90 + "\n") * 10_100
THOUGHTS = "The question asks for one of several; 1 and 2 and B look tempting, and I weigh them all."


@dataclass
class Window:
    """What a rate limiter remembers: when the calls it let through came, and what each of them cost."""

    passed: deque[tuple[float, int]] = field(default_factory=deque)
    used: int = 0

    def forget(self, before: float) -> None:
        """Drop what has left the window."""
        while self.passed and self.passed[0][0] <= before:
            self.used -= self.passed.popleft()[1]


@dataclass
class Call:
    """One request, as a behaviour sees it. `told` is the answer set for all models, if one was."""

    name: str
    body: dict[str, Any]
    authorization: str = ""
    argument: tuple[str, ...] = ()
    told: str | None = None
    window: Window = field(default_factory=Window)

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """Role and text of every message; the parts of a message are put together."""
        found = []
        for message in self.body.get("messages") or []:
            content = message.get("content") or ""
            if not isinstance(content, str):
                content = "\n".join(part.get("text", "") for part in content)
            found.append((message.get("role", ""), content))
        return found

    @property
    def answer(self) -> str:
        """What was set, or "4" to a rating scale and "A" to anything else.

        A questionnaire may show its scale only once, so where the last question has none the first one decides.
        """
        if self.told is not None:
            return self.told
        asked = [text for role, text in self.texts if role == "user"]
        for text in (asked[-1], asked[0]) if asked else ():
            if LETTERED.search(text):
                return "A"
            if DIGIT.search(text):
                return "4"
        return "A"

    def number(self, default: float) -> float:
        """The behaviour's argument as a number."""
        return float(self.argument[0]) if self.argument else default


class Reply(NamedTuple):
    """A whole HTTP reply."""

    status: int
    body: bytes
    headers: dict[str, str] = {}
    content_type: str = JSON


@dataclass
class Said:
    """A well-formed completion; it can be sent whole or word by word."""

    content: str | None
    thoughts: str = ""
    refusal: str | None = None
    finish: str = "stop"
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Callable[[Call], Said | Reply]


def usage(call: Call, said: Said) -> dict[str, Any]:
    """The usage block: words counted as if they were tokens."""
    prompt = sum(len(text.split()) for _, text in call.texts)
    thought = len(said.thoughts.split())
    completion = len((said.content or said.refusal or "").split()) + thought
    counted: dict[str, Any] = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}
    if thought:
        counted["completion_tokens_details"] = {"reasoning_tokens": thought}
    return counted


def completion(call: Call, said: Said) -> bytes:
    """The completion as one JSON body."""
    message: dict[str, Any] = {"role": "assistant", "content": said.content}
    if said.thoughts:
        message["reasoning_content"] = said.thoughts
    if said.refusal is not None:
        message["refusal"] = said.refusal
    return json.dumps({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": call.name,
        "choices": [{"index": 0, "message": message, "finish_reason": said.finish}], "usage": usage(call, said),
    }).encode()


def events(call: Call, said: Said) -> Iterator[bytes]:
    """The completion as server-sent events, a word each; usage comes last where it was asked for."""
    def event(choices: list[dict[str, Any]], **more: Any) -> bytes:
        told = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1700000000, "model": call.name, "choices": choices}
        return b"data: " + json.dumps(told | more).encode() + b"\n\n"

    def delta(what: dict[str, Any], finish: str | None = None) -> bytes:
        return event([{"index": 0, "delta": what, "finish_reason": finish}])

    yield delta({"role": "assistant", "content": ""})
    for kind, text in (("reasoning_content", said.thoughts), ("content", said.content), ("refusal", said.refusal)):
        for word in re.findall(r"\s*\S+|\s+", text or ""):
            yield delta({kind: word})
    yield delta({}, said.finish)
    if (call.body.get("stream_options") or {}).get("include_usage"):
        yield event([], usage=usage(call, said))
    yield b"data: [DONE]\n\n"


def error(status: int, message: str, kind: str, code: str | None = None, param: str | None = None, **headers: str) -> Reply:
    """An error as OpenAI words it; `retry_after="2"` sends that header."""
    body = json.dumps({"error": {"message": message, "type": kind, "param": param, "code": code}}).encode()
    return Reply(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def fails(status: int, message: str, kind: str, code: str | None = None) -> Behaviour:
    """A behaviour that is always the same error; its argument, if any, is sent as Retry-After."""
    reply = error(status, message, kind, code)
    return lambda call: reply._replace(headers={"Retry-After": call.argument[0]}) if call.argument else reply


def says(content: str | None, finish: str = "stop", refusal: str | None = None) -> Behaviour:
    """A behaviour that always says the same; `{}` stands for the answer."""
    return lambda call: Said(content and content.replace("{}", call.answer), finish=finish, refusal=refusal)


def ok(call: Call) -> Said:
    """The answer and nothing else."""
    return Said(call.answer)


def judges(call: Call) -> Said:
    """What a judge of free answers says to each part of its task: type A, one norm, true, the first on record."""
    asked = [text for role, text in call.texts if role == "user"][-1]
    if "List every norm" in asked:
        return Said("- Shoes come off at the door.")
    return Said("1: true" if "true, false or unsure" in asked else "1: 1" if "on record" in asked else call.answer)


def busy(call: Call, **headers: str) -> Reply:
    """A 429 with these headers."""
    return error(429, f"Rate limit reached for {call.name}.", "requests", "rate_limit_exceeded", **headers)


def daily(call: Call) -> Reply:
    """A day's allowance used up, said in the message and by a long Retry-After."""
    left = int(call.number(7200))
    message = (
        f"Rate limit reached for {call.name} in organization org-loopback on requests per day (RPD): Limit 200, Used 200, "
        f"Requested 1. Please try again in {duration(left)}."
    )
    return error(429, message, "requests", "rate_limit_exceeded", retry_after=str(left))


def duration(seconds: float) -> str:
    """A time as OpenAI's headers write it: `120ms`, `1.2s`, `6m0s`, `2h0m0s`."""
    if math.ceil(seconds * 1000) < 1000:
        return f"{math.ceil(seconds * 1000)}ms"
    if math.ceil(seconds * 10) < 600:
        return f"{math.ceil(seconds * 10) / 10:g}s"
    minutes, left = divmod(math.ceil(seconds), 60)
    return f"{minutes // 60}h{minutes % 60}m{left}s" if minutes >= 60 else f"{minutes}m{left}s"


def limited(call: Call, kind: str) -> Said | Reply:
    """At most N requests (or tokens) in any P seconds. Calls that are turned away do not count."""
    most, period = int(call.argument[0]), float(call.argument[1])
    said, now, window = ok(call), time.monotonic(), call.window
    cost = 1 if kind == "requests" else usage(call, said)["total_tokens"]
    window.forget(now - period)
    fits = window.used + cost <= most
    if fits:
        window.passed.append((now, cost))
        window.used += cost
    headers = {
        f"x-ratelimit-limit-{kind}": str(most),
        f"x-ratelimit-remaining-{kind}": str(most - window.used),
        f"x-ratelimit-reset-{kind}": duration(window.passed[-1][0] + period - now if window.passed else 0),
    }
    if fits:
        said.headers = headers
        return said
    freed, wait = most - window.used, period
    for came, theirs in window.passed:
        freed += theirs
        if freed >= cost:
            wait = came + period - now
            break
    message = (
        f"Rate limit reached for {call.name} on {kind} per {period:g} s: Limit {most}, Used {window.used}, Requested {cost}. "
        f"Please try again in {duration(wait)}."
    )
    turned_away = error(429, message, kind, "rate_limit_exceeded", retry_after=str(math.ceil(wait)))
    return turned_away._replace(headers=turned_away.headers | headers)


def without(parameter: str, more: str = "") -> Behaviour:
    """A behaviour that rejects calls with this parameter, in OpenAI's words, and answers all others."""
    message = f"Unsupported parameter: '{parameter}' is not supported with this model.{more}"
    reply = error(400, message, "invalid_request_error", "unsupported_parameter", parameter)
    return lambda call: reply if parameter in call.body else ok(call)


def without_system(call: Call) -> Said | Reply:
    """Rejects a system message, as some chat templates do."""
    if any(role == "system" for role, _ in call.texts):
        return error(400, "System role not supported", "invalid_request_error")
    return ok(call)


def wrong_key(call: Call) -> Reply:
    """The key is unknown, and is told back in full: the worst a server can do to whoever prints its messages."""
    message = f"Incorrect API key provided: {call.authorization.removeprefix('Bearer ')}."
    return error(401, message, "invalid_request_error", "invalid_api_key")


def filtered(call: Call) -> Reply:
    """Azure's way of saying that the prompt was filtered."""
    told = {
        "message": "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. "
        "Please modify your prompt and retry.",
        "type": None, "param": "prompt", "code": "content_filter", "status": 400,
        "innererror": {
            "code": "ResponsibleAIPolicyViolation", "content_filter_result": {"violence": {"filtered": True, "severity": "medium"}},
        },
    }
    return Reply(400, json.dumps({"error": told}).encode())


def choiceless(call: Call) -> Reply:
    """A completion without choices."""
    body = json.loads(completion(call, ok(call))) | {"choices": []}
    return Reply(200, json.dumps(body).encode())


@lru_cache(maxsize=4)
def long(answer: str) -> str:
    """Ten megabytes whose last line is the answer."""
    return FILLER + answer


GATEWAY = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"
REFUSAL = "I'm sorry, but I can't help with that."

BEHAVIOURS: dict[str, Behaviour] = {
    "ok": ok,
    "judge": judges,
    "thinks": lambda call: Said(call.answer, thoughts=THOUGHTS),
    "thinktags": says(f"<think>\n{THOUGHTS}\n</think>\n\n{{}}"),
    "big": lambda call: Said(long(call.answer)),
    "nulls": says("\x00{}\x00\n"),
    "bidi": says("\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 \U0001f9ed {} \U0001f469\u200d\U0001f52c\u200f\u202c"),
    "lonesurrogate": says("{} \ud800"),
    "gibberish": says("zxq wob flurb, nnk grint blat"),
    "refuse": says(REFUSAL),
    "refusal": says(None, refusal=REFUSAL),
    "nullcontent": says(None),
    "empty": says(""),
    "blank": says("   \n"),
    "filter": says("", "content_filter"),
    "cut": says("", "length"),
    "cuttext": says("Let me weigh both sides. On the one hand, the first option would", "length"),
    "malformed": lambda call: Reply(200, completion(call, ok(call))[:150]),
    "notjson": lambda call: Reply(200, b"<html><body><h1>This gateway is being mended</h1></body></html>", content_type="text/html"),
    "jsonlist": lambda call: Reply(200, b"[]"),
    "nochoices": choiceless,
    "429": lambda call: busy(call, **({"retry_after": call.argument[0]} if call.argument else {})),
    "429ms": lambda call: busy(call, retry_after_ms=call.argument[0]),
    "429date": lambda call: busy(call, retry_after=formatdate(math.ceil(time.time() + call.number(3)), usegmt=True)),
    "quota": fails(
        429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota",
    ),
    "daily": daily,
    "limits": lambda call: limited(call, "requests"),
    "tokens": lambda call: limited(call, "tokens"),
    "500": fails(500, "The server had an error while processing your request. Sorry about that!", "server_error"),
    "502": lambda call: Reply(502, GATEWAY, content_type="text/html"),
    "503": fails(503, "The engine is currently overloaded, please try again later.", "server_error"),
    "529": fails(529, "Overloaded", "overloaded_error"),
    "400": fails(400, "The request is not as it should be.", "invalid_request_error"),
    "401": wrong_key,
    "403": fails(403, "Country, region, or territory not supported.", "request_forbidden", "unsupported_country_region_territory"),
    "404": lambda call: error(404, f"The model `{call.name}` does not exist.", "invalid_request_error", "model_not_found"),
    "context": lambda call: error(
        400, "This model's maximum context length is 8192 tokens. However, your messages resulted in 10240 tokens. "
        "Please reduce the length of the messages.", "invalid_request_error", "context_length_exceeded", "messages",
    ),
    "filter400": filtered,
    "notemperature": without("temperature"),
    "noseed": without("seed"),
    "nomaxtokens": without("max_tokens", " Use 'max_completion_tokens' instead."),
    "nosystem": without_system,
}
"""Every behaviour that ends in a whole reply, by the name a model is called by."""


@lru_cache(maxsize=4096)
def steps(name: str) -> tuple[tuple[str, tuple[str, ...], int], ...]:
    """What a model's name asks for: `429:2*3+ok` is three times 429 with the argument 2, then ok. What follows `@` is a label."""
    found = []
    for part in name.partition("@")[0].split("+"):
        told, _, times = part.partition("*")
        behaviour, *argument = told.split(":")
        found.append((behaviour, tuple(argument), int(times) if times.isdigit() else 1))
    return tuple(found)


def step(name: str, number: int) -> tuple[str, tuple[str, ...]]:
    """The behaviour and its argument for a conversation's call of this number, from 0; the last behaviour lasts."""
    for behaviour, argument, times in steps(name):
        if number < times:
            return behaviour, argument
        number -= times
    return steps(name)[-1][:2]
