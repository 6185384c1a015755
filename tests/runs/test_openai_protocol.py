"""A real server that nobody here wrote: LiteLLM's own proxy, speaking OpenAI's protocol on loopback.

It answers from fixed texts (`mock_response`), so that sense and nonsense can be told apart. `make test` installs it
into `.venv-proxy`.
"""

import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from engine.commands.app import main
from engine.lake import Lake, estimates, turns

PROXY = Path(__file__).resolve().parents[2] / ".venv-proxy" / "bin" / "litellm"
KEY = "sk-plumbline-test-0123456789"
CONFIG = """
model_list:
  - model_name: decided
    litellm_params: {model: openai/decided, api_key: none, mock_response: "4"}
  - model_name: gibberish
    litellm_params: {model: openai/gibberish, api_key: none, mock_response: "zxq wob flurb, nnk 99 — ¿?"}
general_settings: {custom_auth: known_keys.check, master_key: sk-plumbline-owner-9f8e7d6c5b4a39281706f5e4d3c2b1a0}
"""
KEYS = f'''
from fastapi import HTTPException, Request
from litellm.proxy._types import UserAPIKeyAuth


async def check(request: Request, api_key: str) -> UserAPIKeyAuth:
    if api_key != "{KEY}":
        raise HTTPException(status_code=401, detail="this key is not known here")
    return UserAPIKeyAuth(api_key=api_key)
'''
"""The proxy answers an unknown key with 401 only with a database or with a check of one's own, such as this one."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory):
    if not PROXY.exists():
        pytest.skip(f"LiteLLM's proxy is not at {PROXY}; `make test` installs it")
    config = tmp_path_factory.mktemp("proxy") / "config.yaml"
    config.write_text(CONFIG)
    (config.parent / "known_keys.py").write_text(KEYS)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    command = [str(PROXY), "--config", str(config), "--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
    process = subprocess.Popen(command, env=quiet, cwd=config.parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(240):
            try:
                urllib.request.urlopen(f"{address}/health/liveliness", timeout=2)
                break
            except (urllib.error.URLError, OSError):
                assert process.poll() is None, "the proxy ended by itself"
                time.sleep(0.5)
        yield f"{address}/v1"
    finally:
        process.terminate()
        process.wait(20)


def play(name: str, server: str, monkeypatch, key: str = KEY, benchmark: str = "values") -> int:
    monkeypatch.setenv("OPENAI_BASE_URL", server)
    monkeypatch.setenv("OPENAI_API_KEY", key)
    narrow = ["--condition", "form=alone", "--condition", "scale=ascending"] if benchmark == "values" else ["--condition", "pressure=none"]
    return main(["run", "--model", f"openai/{name}", "--benchmark", benchmark, "--epochs", "1", "--json", *narrow])


def test_an_own_server_is_measured(server: str, monkeypatch, capsys) -> None:
    assert play("decided", server, monkeypatch) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["state"], last["answered"], last["cost_usd"]) == ("complete", 57, None)
    with Lake.open() as lake:
        kept = turns.page(lake, limit=None)
        assert set(kept["source"]) == {"measured"}
        assert set(kept["number"]) == {4.0}
        assert kept["prompt_tokens"].min() > 0
        assert kept["latency_s"].min() > 0


@pytest.mark.parametrize("benchmark", ["values", "dilemmas"])
def test_gibberish_ends_as_unread_turns_and_honest_rates(server: str, monkeypatch, capsys, benchmark: str) -> None:
    assert play("gibberish", server, monkeypatch, benchmark=benchmark) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (last["state"], last["answered"], last["failed"]) == ("complete", 0, 0)
    assert last["unread"] == last["planned"] > 50
    with Lake.open() as lake:
        found = estimates.newest(lake)
        assert "zxq wob" in turns.page(lake)["reply"][0]
    told = {(row["metric"], row["facet"]): row["value"] for row in found.iter_rows(named=True)}
    assert told["outcome", "unread"] == 1
    assert told.get(("weight", "virtue")) is None
    assert told.get(("interpretable", "all"), 0) == 0


def test_a_wrong_key_stops_at_once_with_one_line(server: str, monkeypatch, capsys) -> None:
    assert play("decided", server, monkeypatch, key="wrong-secret-key") == 1
    said = capsys.readouterr()
    assert "unauthorised" in said.err
    assert "OPENAI_API_KEY" in said.err
    assert len(said.err.strip().splitlines()) == 1
    last = json.loads(said.out.splitlines()[-1])
    assert last["state"] == "failed"
    assert last["failed"] <= 8
    with Lake.open() as lake:
        assert "wrong-secret-key" not in json.dumps(turns.page(lake)["detail"].to_list())


def test_a_server_that_is_not_there(monkeypatch, capsys) -> None:
    monkeypatch.setattr("engine.runs.asking._JITTER", lambda state: 0.0)
    assert play("decided", "http://127.0.0.1:9/v1", monkeypatch) == 1
    said = capsys.readouterr()
    assert "in a row failed, the last with connection_lost" in said.err
    assert len(said.err.strip().splitlines()) == 1
