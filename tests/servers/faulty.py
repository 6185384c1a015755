"""An OpenAI-protocol server on loopback whose faults are chosen by the model's name.

A model is called `behaviour`, `behaviour:argument`, or several joined by `+`, which the calls of one conversation
(calls of that model with the same messages) meet one after another: `429*2+ok` turns the first two calls away and
answers the rest. `*n` repeats, the last behaviour lasts for ever, and what follows `@` only tells models apart.
Behaviours are listed in `BEHAVIOURS` and `MANNERS`.

    python -m tests.servers.faulty --port 0 --latency 0.05
"""

import argparse
import asyncio
import http.client
import json
import socket
import struct
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.servers.behaviours import BEHAVIOURS, JSON, Call, Reply, Said, Window, completion, error, events, ok, step

ROOT = Path(__file__).resolve().parents[2]
LARGEST_REQUEST = 256 * 2**20
KEYS_KEPT = 100


def digest(messages: Any) -> str:
    """What a conversation is counted under in `seen()`."""
    return blake2b(json.dumps(messages, sort_keys=True).encode(), digest_size=8).hexdigest()


@dataclass
class Seen:
    """What has been counted since the start or the last reset."""

    calls: int = 0
    models: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    at_once: Counter[str] = field(default_factory=Counter)
    peak: Counter[str] = field(default_factory=Counter)
    conversations: Counter[str] = field(default_factory=Counter)
    replied: Counter[str] = field(default_factory=Counter)
    steps: Counter[tuple[str, str]] = field(default_factory=Counter)
    windows: defaultdict[str, Window] = field(default_factory=lambda: defaultdict(Window))
    keys: dict[str, None] = field(default_factory=dict)
    last: Any = None

    def arrives(self, name: str, conversation: str, key: str, body: Any) -> int:
        """Count a call in; returns how many of this model with these messages came before it."""
        self.calls += 1
        self.models[name] += 1
        self.at_once[name] += 1
        self.peak[name] = max(self.peak[name], self.at_once[name])
        self.conversations[conversation] += 1
        self.last = body
        if len(self.keys) < KEYS_KEPT:
            self.keys[key] = None
        number = self.steps[name, conversation]
        self.steps[name, conversation] += 1
        return number

    def told(self) -> dict[str, Any]:
        """What GET /seen answers. A call that was left without a whole reply has the status `none`."""
        names = ("calls", "models", "statuses", "peak", "conversations", "replied", "last")
        return {name: getattr(self, name) for name in names} | {"keys": list(self.keys)}


async def send(request: web.Request, call: Call, what: Said | Reply) -> web.StreamResponse:
    """Send the whole reply, and only then return, so that what is counted as sent was sent."""
    response: web.StreamResponse
    if isinstance(what, Said) and call.body.get("stream"):
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"} | what.headers)
        await response.prepare(request)
        for event in events(call, what):
            await response.write(event)
    else:
        reply = Reply(200, completion(call, what), what.headers) if isinstance(what, Said) else what
        response = web.Response(body=reply.body, status=reply.status, headers=reply.headers, content_type=reply.content_type)
        await response.prepare(request)
    await response.write_eof()
    return response


async def slow(request: web.Request, call: Call) -> web.StreamResponse:
    """Answers after a while: `slow:2` after two seconds."""
    await asyncio.sleep(call.number(2))
    return await send(request, call, ok(call))


async def hang(_request: web.Request, _call: Call) -> web.StreamResponse:
    """Never answers; ends when the connection does, which cancels the handler."""
    await asyncio.Event().wait()
    raise AssertionError("unreachable")


async def reset(request: web.Request, call: Call) -> web.StreamResponse:
    """Ends the connection with RST before any byte."""
    assert request.transport is not None
    request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
    return await hang(request, call)


async def half(request: web.Request, call: Call) -> web.StreamResponse:
    """Promises more bytes than it sends, then closes."""
    body = completion(call, ok(call))
    response = web.StreamResponse(headers={"Content-Type": JSON, "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.close()
    return await hang(request, call)


async def trickle(request: web.Request, call: Call) -> web.StreamResponse:
    """A whole reply, one byte every 10 ms; `trickle:2` every 2 ms."""
    body = completion(call, ok(call))
    response = web.StreamResponse(headers={"Content-Type": JSON, "Content-Length": str(len(body))})
    await response.prepare(request)
    for place in range(len(body)):
        await response.write(body[place : place + 1])
        await asyncio.sleep(call.number(10) / 1000)
    await response.write_eof()
    return response


MANNERS: dict[str, Callable[[web.Request, Call], Awaitable[web.StreamResponse]]] = {
    "slow": slow, "hang": hang, "reset": reset, "half": half, "trickle": trickle,
}
"""The behaviours that mistreat time or the connection."""


class Faulty:
    """The server's handlers and what they count."""

    def __init__(self, latency_s: float) -> None:
        self.usual = {"answer": None, "latency_s": latency_s}
        self.options: dict[str, Any] = dict(self.usual)
        self.seen = Seen()

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """POST /v1/chat/completions."""
        try:
            body = json.loads(await request.read())
            name, messages = str(body["model"]), body["messages"]
        except (ValueError, KeyError, TypeError):
            return web.json_response({"error": {"message": "no JSON with model and messages"}}, status=400)
        seen, key = self.seen, request.headers.get("Authorization", "")
        conversation = digest(messages)
        behaviour, argument = step(name, seen.arrives(name, conversation, key, body))
        call = Call(name, body, key, argument, self.options["answer"], seen.windows[name] if len(argument) == 2 else Window())
        try:
            response = await self.respond(request, call, behaviour)
        except (asyncio.CancelledError, ConnectionError):
            seen.statuses["none"] += 1
            raise
        finally:
            seen.at_once[name] -= 1
        seen.statuses[str(response.status)] += 1
        if response.status == 200:
            seen.replied[conversation] += 1
        return response

    async def respond(self, request: web.Request, call: Call, behaviour: str) -> web.StreamResponse:
        """Behave as told; every reply takes the server's latency."""
        said = None
        if behaviour not in MANNERS:
            said = BEHAVIOURS[behaviour](call) if behaviour in BEHAVIOURS else error(404, f"no behaviour '{behaviour}'", "unknown")
        if self.options["latency_s"]:
            await asyncio.sleep(self.options["latency_s"])
        return await (MANNERS[behaviour](request, call) if said is None else send(request, call, said))

    async def tell(self, _request: web.Request) -> web.Response:
        """GET /seen."""
        return web.json_response(self.seen.told())

    async def forget(self, _request: web.Request) -> web.Response:
        """POST /reset: counters, rate limits and options as at the start. Calls under way count no more."""
        self.seen, self.options = Seen(), dict(self.usual)
        return web.json_response({})

    async def choose(self, request: web.Request) -> web.Response:
        """POST /set: `answer` (null for the usual one) and `latency_s`."""
        options = json.loads(await request.read())
        if unknown := options.keys() - self.usual.keys():
            return web.json_response({"unknown": sorted(unknown)}, status=400)
        self.options |= options
        return web.json_response(self.options)


async def listen(port: int, latency_s: float) -> None:
    """Serve until the process is ended."""
    faulty = Faulty(latency_s)
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.add_routes([
        web.post("/v1/chat/completions", faulty.chat), web.get("/seen", faulty.tell),
        web.post("/reset", faulty.forget), web.post("/set", faulty.choose),
    ])
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    print(f"listening on http://127.0.0.1:{runner.addresses[0][1]}/v1", flush=True)
    await asyncio.Event().wait()


@dataclass(frozen=True)
class Server:
    """A running server; `url` is what to give as base URL."""

    url: str

    def seen(self) -> dict[str, Any]:
        """What it has counted; see `Seen`."""
        return self._ask("GET", "/seen")

    def reset(self) -> None:
        """Counters, rate limits and options as at the start."""
        self._ask("POST", "/reset")

    def set(self, **options: Any) -> None:
        """Change `answer` or `latency_s`."""
        self._ask("POST", "/set", json.dumps(options))

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:
        connection = http.client.HTTPConnection(self.url.split("/")[2], timeout=30)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            told = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise ValueError(f"{method} {path}: {told}")
        return told


@contextmanager
def serve(latency_s: float = 0.0) -> Iterator[Server]:
    """A server in a process of its own, so that event loops of tests are not disturbed."""
    command = [sys.executable, "-m", "tests.servers.faulty", "--port", "0", "--latency", str(latency_s)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith("listening on "):
                raise RuntimeError(f"the faulty server did not start: {line!r}")
            yield Server(line.split()[-1])
        finally:
            process.terminate()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="An OpenAI-protocol server whose faults are chosen by the model's name.")
    parser.add_argument("--port", type=int, default=0, help="0 chooses a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds every reply takes")
    told = parser.parse_args()
    with suppress(KeyboardInterrupt):
        asyncio.run(listen(told.port, told.latency))


if __name__ == "__main__":
    main()
