"""The faulty server does what it says, seen by a client that hides nothing."""

import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.servers.behaviours import BEHAVIOURS, REFUSAL, THOUGHTS, duration
from tests.servers.faulty import MANNERS, Server, digest, serve

SCALE = [{"role": "user", "content": "1 = not like me\n6 = like me\nReply with one number from 1 to 6."}]
OPTIONS = [{"role": "user", "content": "In 1990 it was so.\n\nA) keep it\nB) tell\nReply with the letter."}]


class Got(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        return self.json["error"]

    @property
    def message(self) -> dict[str, Any]:
        return self.json["choices"][0]["message"]

    @property
    def finish(self) -> str:
        return self.json["choices"][0]["finish_reason"]


def call(server: Server, model: str, messages: list[dict[str, Any]] = SCALE, timeout: float = 5, **more: Any) -> Got:
    connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=timeout)
    try:
        body = json.dumps({"model": model, "messages": messages, **more})
        connection.request("POST", "/v1/chat/completions", body, {"Authorization": "Bearer key-1"})
        response = connection.getresponse()
        return Got(response.status, response.headers, response.read())
    finally:
        connection.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    running.reset()
    return running


CONTENTS = {
    "ok": "4", "thinks": "4", "thinktags": f"<think>\n{THOUGHTS}\n</think>\n\n4", "nulls": "\0" + "4\0\n", "lonesurrogate": "4 \ud800",
    "refuse": REFUSAL, "refusal": None, "nullcontent": None, "empty": "", "blank": "   \n", "filter": "", "cut": "", "slow:0.1": "4",
    "trickle:1": "4",
}
FINISHES = {"filter": "content_filter", "cut": "length", "cuttext": "length"}


@pytest.mark.parametrize(("model", "content"), CONTENTS.items())
def test_replies_with_this_content(server: Server, model: str, content: str | None) -> None:
    got = call(server, model)
    assert (got.status, got.headers["Content-Type"].split(";")[0]) == (200, "application/json")
    assert got.message["content"] == content
    assert got.finish == FINISHES.get(model, "stop")


def test_replies_that_say_more(server: Server) -> None:
    assert call(server, "thinks").message["reasoning_content"] == THOUGHTS
    words = len(THOUGHTS.split())
    assert call(server, "thinks").json["usage"] == {
        "prompt_tokens": 17, "completion_tokens": words + 1, "total_tokens": words + 18,
        "completion_tokens_details": {"reasoning_tokens": words},
    }
    assert call(server, "refusal").message["refusal"] == REFUSAL
    bidi = call(server, "bidi").message["content"]
    assert " 4 " in bidi
    assert "\u202e" in bidi
    assert "\U0001f9ed" in bidi
    assert b"\\ud800" in call(server, "lonesurrogate").body
    assert b"\\u0000" in call(server, "nulls").body
    cut = call(server, "cuttext")
    assert cut.finish == "length"
    assert cut.message["content"].endswith("would")
    assert not set("0123456789AB") & set(call(server, "gibberish").message["content"])
    big = call(server, "big")
    assert 10**7 < len(big.body) < 1.1 * 10**7
    assert big.message["content"].splitlines()[-1] == "4"


def test_replies_that_are_no_completions(server: Server) -> None:
    malformed = call(server, "malformed")
    assert malformed.status == 200
    with pytest.raises(json.JSONDecodeError):
        _ = malformed.json
    page = call(server, "notjson")
    assert (page.status, page.headers["Content-Type"].split(";")[0], page.body[:6]) == (200, "text/html", b"<html>")
    assert b"gateway" in page.body
    assert call(server, "jsonlist").json == []
    assert call(server, "nochoices").json["choices"] == []


ERRORS = {
    "429": (429, "rate_limit_exceeded"), "429:2": (429, "rate_limit_exceeded"), "quota": (429, "insufficient_quota"),
    "daily:7200": (429, "rate_limit_exceeded"), "500": (500, None), "503": (503, None), "503:1": (503, None), "529": (529, None),
    "400": (400, None), "401": (401, "invalid_api_key"), "403": (403, "unsupported_country_region_territory"),
    "404": (404, "model_not_found"), "context": (400, "context_length_exceeded"), "filter400": (400, "content_filter"),
    "notemperature": (400, "unsupported_parameter"), "noseed": (400, "unsupported_parameter"),
    "nomaxtokens": (400, "unsupported_parameter"),
}
RETRY_AFTER = {"429:2": "2", "daily:7200": "7200", "503:1": "1"}


@pytest.mark.parametrize(("model", "told"), ERRORS.items())
def test_errors(server: Server, model: str, told: tuple[int, str | None]) -> None:
    got = call(server, model, temperature=1, seed=1, max_tokens=1)
    assert (got.status, got.error["code"]) == told
    assert got.headers["Retry-After"] == RETRY_AFTER.get(model)


def test_errors_that_say_more(server: Server) -> None:
    assert call(server, "429ms:300").headers["retry-after-ms"] == "300"
    until = parsedate_to_datetime(call(server, "429date:3").headers["Retry-After"]).timestamp()
    assert 2 <= until - time.time() <= 4
    assert "requests per day (RPD)" in call(server, "daily").error["message"]
    assert "2h0m0s" in call(server, "daily").error["message"]
    gateway = call(server, "502")
    assert (gateway.status, gateway.headers["Content-Type"].split(";")[0]) == (502, "text/html")
    assert call(server, "filter400").error["innererror"]["code"] == "ResponsibleAIPolicyViolation"
    assert "key-1" in call(server, "401").error["message"]
    assert call(server, "nonsense").error["message"] == "no behaviour 'nonsense'"
    assert call(server, "ok", messages=None).status == 200  # type: ignore[arg-type]


def test_parameters_that_are_not_supported(server: Server) -> None:
    refused = call(server, "notemperature", temperature=0.5).error
    assert refused["message"] == "Unsupported parameter: 'temperature' is not supported with this model."
    assert refused["param"] == "temperature"
    assert "Use 'max_completion_tokens' instead." in call(server, "nomaxtokens", max_tokens=5).error["message"]
    for model in ("notemperature", "noseed", "nomaxtokens", "nosystem"):
        assert call(server, model, max_completion_tokens=5).message["content"] == "4"
    system = [{"role": "system", "content": "Be brief."}, *SCALE]
    assert call(server, "nosystem", system).error["message"] == "System role not supported"


def test_connections_that_break(server: Server) -> None:
    with pytest.raises(ConnectionResetError):
        call(server, "reset")
    with pytest.raises(http.client.IncompleteRead):
        call(server, "half")
    with pytest.raises(TimeoutError):
        call(server, "hang", timeout=0.2)
    with pytest.raises(ConnectionResetError):
        call(server, "reset+ok")
    assert call(server, "reset+ok").status == 200
    for _ in range(100):
        if (statuses := server.seen()["statuses"]) == {"none": 4, "200": 1}:
            break
        time.sleep(0.02)
    assert statuses == {"none": 4, "200": 1}


def test_time(server: Server) -> None:
    began = time.monotonic()
    call(server, "slow:0.2")
    assert 0.2 <= time.monotonic() - began < 1
    began = time.monotonic()
    size = len(call(server, "trickle:1").body)
    assert time.monotonic() - began > size / 1000
    server.set(latency_s=0.15)
    began = time.monotonic()
    call(server, "429")
    assert time.monotonic() - began >= 0.15


def test_behaviours_come_one_after_another_in_each_conversation(server: Server) -> None:
    def statuses(model: str, messages: list[dict[str, Any]], times: int) -> list[int]:
        return [call(server, model, messages).status for _ in range(times)]

    assert statuses("429*2+503:1+ok", SCALE, 5) == [429, 429, 503, 200, 200]
    assert statuses("429*2+503:1+ok", OPTIONS, 4) == [429, 429, 503, 200]
    assert statuses("429*2+503:1+ok@another", SCALE, 2) == [429, 429]
    assert statuses("ok*2+404", SCALE, 4) == [200, 200, 404, 404]


def test_the_answer(server: Server) -> None:
    later = [*SCALE, {"role": "assistant", "content": "4"}, {"role": "user", "content": "Person: she likes to lead."}]
    parts = [{"role": "user", "content": [{"type": "text", "text": "Rate it from 1 to 6."}]}]
    plain = [{"role": "user", "content": "Which one?"}]
    answers = [call(server, "ok", asked).message["content"] for asked in (SCALE, OPTIONS, later, parts, plain)]
    assert answers == ["4", "A", "4", "4", "A"]
    assert call(server, "ok", plain).json["usage"] == {"prompt_tokens": 2, "completion_tokens": 1, "total_tokens": 3}
    server.set(answer="B it is")
    assert call(server, "ok").message["content"] == "B it is"
    with pytest.raises(ValueError, match="nonsense"):
        server.set(nonsense=1)
    server.reset()
    assert call(server, "ok").message["content"] == "4"


@pytest.mark.parametrize(("model", "text", "thoughts"), [
    ("ok", "4", ""), ("slow:0.01", "4", ""), ("refuse", REFUSAL, ""), ("thinks", "4", THOUGHTS),
])
def test_streams(server: Server, model: str, text: str, thoughts: str) -> None:
    got = call(server, model, stream=True, stream_options={"include_usage": True})
    assert got.headers["Content-Type"].startswith("text/event-stream")
    lines = [line.removeprefix("data: ") for line in got.body.decode().split("\n\n") if line]
    assert lines.pop() == "[DONE]"
    chunks = [json.loads(line) for line in lines]
    assert chunks.pop()["usage"]["prompt_tokens"] == 17
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert "".join(delta.get("content", "") for delta in deltas) == text
    assert "".join(delta.get("reasoning_content", "") for delta in deltas) == thoughts
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"


@pytest.mark.parametrize(("asked", "said"), [
    ("List every norm that the answer states.", "- Shoes come off at the door."), ("true, false or unsure?", "1: true"),
    ("Which norm on record?", "1: 1"), ("A) this\nB) that", "A"),
])
def test_a_judge_answers_each_part_of_its_task(server: Server, asked: str, said: str) -> None:
    assert call(server, "judge", [{"role": "user", "content": asked}]).message["content"] == said


def test_limits_are_kept_over_a_sliding_window(server: Server) -> None:
    first = call(server, "limits:3:1")
    assert first.headers["x-ratelimit-limit-requests"] == "3"
    assert first.headers["x-ratelimit-remaining-requests"] == "2"
    assert first.headers["x-ratelimit-reset-requests"] == "1s"
    assert [call(server, "limits:3:1", OPTIONS).status for _ in range(3)] == [200, 200, 429]
    assert call(server, "limits:3:1@other").status == 200
    away = call(server, "limits:3:1")
    assert (away.headers["Retry-After"], away.headers["x-ratelimit-remaining-requests"]) == ("1", "0")
    time.sleep(1.01)
    assert [call(server, "limits:3:1").status for _ in range(4)] == [200, 200, 200, 429]
    tokens = [call(server, "tokens:40:60") for _ in range(3)]
    assert [got.status for got in tokens] == [200, 200, 429]
    assert [got.headers["x-ratelimit-remaining-tokens"] for got in tokens] == ["22", "4", "4"]
    assert tokens[0].headers["x-ratelimit-reset-tokens"] == "1m0s"
    assert tokens[2].headers["Retry-After"] in ("59", "60")


def test_times_are_written_as_openai_does() -> None:
    told = {0.12: "120ms", 0.9999: "1s", 1.2: "1.2s", 20: "20s", 59.99: "1m0s", 360: "6m0s", 7200: "2h0m0s"}
    assert {seconds: duration(seconds) for seconds in told} == told


def test_what_was_seen(server: Server) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: call(server, "slow:0.4", SCALE if number % 2 else OPTIONS), range(6)))
    call(server, "429+ok", SCALE)
    call(server, "429+ok", SCALE, seed=7)
    assert server.seen() == {
        "calls": 8, "models": {"slow:0.4": 6, "429+ok": 2}, "statuses": {"200": 7, "429": 1},
        "peak": {"slow:0.4": 6, "429+ok": 1}, "conversations": {digest(SCALE): 5, digest(OPTIONS): 3},
        "replied": {digest(SCALE): 4, digest(OPTIONS): 3}, "last": {"model": "429+ok", "messages": SCALE, "seed": 7},
        "keys": ["Bearer key-1"],
    }
    server.reset()
    assert server.seen()["calls"] == 0


def test_every_behaviour_is_proved_here() -> None:
    """Whoever adds a behaviour adds its proof."""
    source = Path(__file__).read_text()
    assert [name for name in {**BEHAVIOURS, **MANNERS} if f'"{name}' not in source] == []
