"""Every outcome, from a real server that misbehaves in each way: what is asked again, how often, and what it costs."""

import asyncio
import os
from collections.abc import Iterator

import pytest

from engine.benchmark import Item
from engine.models.catalogue import Model
from engine.models.gateway import Call
from engine.models.litellm_gateway import LiteLLMGateway
from engine.problems import HANDLING, READINGS, Problem
from engine.runs.player import Player, Setting
from engine.turns import Turn
from tests.runs.store import Listed
from tests.runs.test_player import planned
from tests.servers.faulty import Server, serve

KEY = "sk-plumbline-test-0123456789"
PROVIDERS = ("openai", "hosted_vllm", "mistral")
"""LiteLLM's ways to a server: OpenAI's own client, and its own for most others, read by two kinds of code."""
OF_EACH = {
    "429": Problem.RATE_LIMITED, "quota": Problem.QUOTA_USED, "daily:7200": Problem.QUOTA_USED, "hang": Problem.TIMED_OUT,
    "reset": Problem.CONNECTION_LOST, "half": Problem.CONNECTION_LOST, "500": Problem.SERVER_ERROR, "502": Problem.SERVER_ERROR,
    "503": Problem.SERVER_ERROR, "529": Problem.SERVER_ERROR, "malformed": Problem.MALFORMED, "notjson": Problem.MALFORMED,
    "jsonlist": Problem.MALFORMED, "nochoices": Problem.MALFORMED, "401": Problem.UNAUTHORISED, "403": Problem.UNAUTHORISED,
    "404": Problem.NOT_FOUND, "400": Problem.REJECTED, "context": Problem.CONTEXT_TOO_LONG, "filter": Problem.CONTENT_FILTER,
    "filter400": Problem.CONTENT_FILTER, "cut": Problem.TRUNCATED, "cuttext": Problem.TRUNCATED, "empty": Problem.EMPTY,
    "blank": Problem.EMPTY, "nullcontent": Problem.EMPTY,
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    for provider in PROVIDERS:
        monkeypatch.setenv(f"{provider.upper()}_API_KEY", KEY)
    monkeypatch.setattr("engine.runs.asking._JITTER", lambda state: 0.0)
    server.reset()
    server.set(answer="A")


@pytest.fixture(scope="module", autouse=True)
def warm(server: Server) -> None:
    """A first call makes LiteLLM import what it needs, which takes longer than the short time allowed below."""
    for provider in PROVIDERS:
        model = Model(name="ok", model=f"{provider}/ok", base_url=server.url)
        asyncio.run(LiteLLMGateway().reply(model, Call([{"role": "user", "content": "?"}], {"api_key": "x"})))


def play(server: Server, behaviour: str, items: int = 1, provider: str = "openai", **settings) -> tuple[Player, list[Turn], Listed]:
    settings = {"timeout_s": 0.3 if behaviour.startswith(("hang", "trickle")) else 20} | settings
    model, store = Model(name=behaviour, model=f"{provider}/{behaviour}", base_url=server.url, **settings), Listed()

    async def played() -> Player:
        player = Player(LiteLLMGateway(), store, Setting("r"))
        await player.play(planned((model,), [Item(f"i{n}", f"i{n}", {}) for n in range(items)]))
        return player

    return asyncio.run(played()), store.kept, store


def test_every_problem_can_be_provoked() -> None:
    assert set(OF_EACH.values()) == set(Problem) == set(HANDLING)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(("behaviour", "problem"), OF_EACH.items())
def test_each_problem_is_known_asked_again_as_often_as_the_table_says_and_ends_the_trial(
    server: Server, behaviour: str, problem: Problem, provider: str
) -> None:
    player, (turn,), _ = play(server, behaviour, provider=provider)
    assert (turn.problem, turn.last, turn.attempts) == (problem, True, 1 + problem.handling.again)
    once_more = behaviour == "reset" and provider != "openai"  # LiteLLM's own client asks again when a kept connection breaks
    assert server.seen()["calls"] == turn.attempts * (2 if once_more else 1)
    assert player.course.all.failed == 1
    assert bool(player.course.given_up) == (problem.handling.costs == "model")
    assert bool(player.course.parked) == (problem.handling.costs == "rest of the quota")
    assert KEY not in turn.detail
    assert not turn.detail.startswith("{")
    assert "Traceback" not in turn.detail
    assert os.environ["OPENAI_API_KEY"] == KEY


@pytest.mark.parametrize("behaviour", [
    "429*3+ok", "429ms:20*2+ok", "500*2+ok", "503+ok", "529+ok", "reset*2+ok", "half+ok", "malformed+ok", "notjson+ok", "hang+ok",
])
def test_what_passes_is_waited_out(server: Server, behaviour: str) -> None:
    player, kept, store = play(server, behaviour)
    assert (player.course.all.answered, player.course.all.failed) == (1, 0)
    again = kept[0].attempts - 1
    assert again >= 1
    assert [kind for kind, _, _ in store.noted].count("asking_again") >= again


def test_the_providers_own_wait_is_obeyed(server: Server) -> None:
    player, kept, store = play(server, "429:2+ok", timeout_s=10)
    waits = [told["wait_s"] for kind, _, told in store.noted if kind == "asking_again"]
    assert all(wait >= 2 for wait in waits)
    assert (kept[-1].answered_at - kept[0].answered_at).total_seconds() >= 0
    assert player.course.all.answered == 1


@pytest.mark.parametrize(("behaviour", "without"), [
    ("notemperature", "temperature"), ("noseed", "seed"), ("nomaxtokens", "max_tokens"), ("nosystem", "system"),
])
def test_what_a_model_does_not_take_is_left_out_and_said(server: Server, behaviour: str, without: str) -> None:
    player, kept, store = play(server, behaviour, 3, parameters={"temperature": 0.5, "seed": 7}, timeout_s=5)
    assert player.course.all.answered == 3
    assert [told["without"] for kind, _, told in store.noted if kind == "adapted"] == [without]
    first = [turn for turn in kept if turn.turn == 0]
    if without == "system":
        assert all(turn.messages == [{"role": "user", "content": f"Be brief.\n\n{turn.item}?"}] for turn in first)
    else:
        assert all(without not in turn.sent for turn in kept)
        assert set(kept[0].sent) >= {"temperature", "seed", "max_tokens"} - {without}
    if without == "max_tokens":
        assert kept[0].sent["max_completion_tokens"] == 512


@pytest.mark.parametrize("behaviour", ["thinks", "thinktags"])
def test_thinking_is_kept_apart_from_the_answer(server: Server, behaviour: str) -> None:
    _, kept, _ = play(server, behaviour, timeout_s=5)
    assert kept[0].thinking
    assert kept[0].thinking not in (kept[0].reply or "")
    assert kept[0].reading
    assert kept[0].reading.kind == "choice"


def test_effort_and_thinking_budget_are_sent_on_top_of_the_answers_tokens(server: Server) -> None:
    _, kept, _ = play(server, "ok", thinking_tokens=2000, timeout_s=5)
    assert kept[0].sent["max_tokens"] == 2512
    assert "thinking" not in kept[0].sent or kept[0].sent["thinking"]["budget_tokens"] == 2000
    _, kept, _ = play(server, "ok", effort="low", timeout_s=5)
    assert kept[0].sent.get("reasoning_effort", "low") == "low"


@pytest.mark.parametrize(("behaviour", "kind"), [("refuse", "refusal"), ("refusal", "refusal"), ("gibberish", "unread")])
def test_words_that_are_no_answer_are_readings_and_not_problems(server: Server, behaviour: str, kind: str) -> None:
    _, (turn,), _ = play(server, behaviour, timeout_s=5)
    assert turn.problem is None
    assert turn.reading
    assert turn.reading.kind == kind
    assert READINGS[kind].counts


@pytest.mark.parametrize("behaviour", ["big", "nulls", "bidi", "lonesurrogate", "trickle:1"])
def test_odd_replies_are_kept_whole(server: Server, behaviour: str) -> None:
    _, kept, _ = play(server, behaviour, timeout_s=20)
    reply = kept[0].reply or ""
    reply.encode()
    assert "\x00" not in reply
    assert len(reply) > 9_000_000 if behaviour == "big" else reply
    assert kept[0].problem is None


def test_a_reply_that_trickles_in_for_ever_is_timed_out(server: Server) -> None:
    _, kept, _ = play(server, "trickle:20")
    assert kept[0].problem is Problem.TIMED_OUT


def test_one_request_a_provider_counts_is_never_too_many(server: Server) -> None:
    """A limit the catalogue names is kept to: the server, which counts, never says no."""
    play(server, "limits:12:3@told", 6, requests_per_minute=200, timeout_s=5)
    assert server.seen()["statuses"].get("429") is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_quota_that_headers_tell_of_slows_the_run_before_it_is_used_up(server: Server, provider: str) -> None:
    player, kept, store = play(server, f"limits:40:1@{provider}", 45, provider, timeout_s=5)
    assert player.course.all.answered == 45
    assert len(kept) == 90
    assert any(kind == "pace" and "quota" in told["why"] for kind, _, told in store.noted)
    assert server.seen()["statuses"].get("429", 0) <= 2, "no more than were on their way when the headers came"
