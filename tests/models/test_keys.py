"""Keys are found where they belong and get nowhere else. All keys here are made up."""

import os
from pathlib import Path
from typing import Any

import pytest

from engine.models import keys

MADE_UP = "sk-made-up-0123456789abcdef"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {name for names in keys.OF_PROVIDER.values() for name in names}
    for name in known | {name for name in os.environ if keys.SECRET_VARIABLE.search(name)}:
        monkeypatch.delenv(name, raising=False)


def test_a_model_has_its_key_when_any_variable_of_its_provider_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert keys.present("gemini/gemini-pro") is False
    monkeypatch.setenv("OPENAI_API_KEY", MADE_UP)
    assert keys.present("gemini/gemini-pro") is False
    monkeypatch.setenv("GOOGLE_API_KEY", "")
    assert keys.present("gemini/gemini-pro") is False, "an empty variable is no key"
    monkeypatch.setenv("GOOGLE_API_KEY", MADE_UP)
    assert keys.present("gemini/gemini-pro") is True


def test_a_simulated_model_needs_no_key_and_of_an_unknown_provider_nothing_is_known() -> None:
    assert keys.present("simulated/steady") is True
    assert keys.present("ollama/llama3") is None


def test_the_wanted_variables_are_named() -> None:
    assert keys.wanted("gemini/gemini-pro") == "GEMINI_API_KEY or GOOGLE_API_KEY"
    assert keys.wanted("openai/gpt-4o") == "OPENAI_API_KEY"
    assert keys.wanted("ollama/llama3") == ""


def test_secrets_are_loaded_where_the_environment_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "from the environment")
    monkeypatch.setenv("MISTRAL_API_KEY", "to be taken back")
    monkeypatch.delenv("MISTRAL_API_KEY")
    path = tmp_path / "secrets.toml"
    path.write_text('OPENAI_API_KEY = "other"\nMISTRAL_API_KEY = "from the file"\nNUMBER = 3\n[auth]\ncookie_secret = "x"\n')
    keys.load(path)
    assert os.environ["OPENAI_API_KEY"] == "from the environment"
    assert os.environ["MISTRAL_API_KEY"] == "from the file"
    assert not {"NUMBER", "auth", "cookie_secret"} & set(os.environ)


@pytest.mark.parametrize("content", [None, b"OPENAI_API_KEY =", b"\xff\xfe"])
def test_secrets_that_cannot_be_read_are_none(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "secrets.toml"
    if content is not None:
        path.write_bytes(content)
    before = dict(os.environ)
    keys.load(path)
    assert dict(os.environ) == before


@pytest.mark.parametrize(("settings", "found"), [
    ({"api_key": "x"}, "api_key"), ({"apikey": "x"}, "apikey"), ({"OPENAI_API_KEY": "x"}, "OPENAI_API_KEY"),
    ({"password": "x"}, "password"),
    ({"parameters": {"extra_headers": {"Authorization": "x"}}}, "parameters.extra_headers.Authorization"),
    ({"parameters": {"extra_headers": {"x-api-key": "x"}}}, "parameters.extra_headers.x-api-key"),
    ({"parameters": {"aws_secret_access_key": "x"}}, "parameters.aws_secret_access_key"), ({"auth_token": "x"}, "auth_token"),
    ({"about": f"use {MADE_UP}"}, "about"), ({"about": "Bearer abcdefghij"}, "about"), ({"about": "AKIAABCDEFGHIJKLMNOP"}, "about"),
    ({"parameters": {"stop": ["END", MADE_UP]}}, "parameters.stop"),
    ({"parameters": {"tools": [{"token": "x"}]}}, "parameters.tools.token"),
    ({"base_url": "https://me:hidden@example.org/v1"}, "base_url"),
])
def test_a_secret_is_found_by_its_name_or_its_look_wherever_it_lies(settings: dict[str, Any], found: str) -> None:
    assert keys.secret_in({"model": "openai/x"} | settings) == found


@pytest.mark.parametrize("settings", [
    {"parameters": {"max_tokens": 5, "stop": ["keyboard", "\n"]}, "thinking_tokens": 100, "tokens_per_minute": 1e5},
    {"base_url": "http://localhost:8000/v1", "about": "a risk-free and task-based desk-top model"}, {"keyboard": "x", "tokens": "x"}, {},
])
def test_what_only_resembles_a_secret_is_none(settings: dict[str, Any]) -> None:
    assert keys.secret_in({"model": "openai/sk"} | settings) is None


def test_no_key_stays_in_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MISTRAL_API_KEY", "plain0word")
    monkeypatch.setenv("OPENAI_API_KEY", MADE_UP)
    monkeypatch.setenv("SHORT_TOKEN", "in")
    said = keys.without_secrets(f"plain0word in {MADE_UP}, AIza{'x' * 30} and Authorization: Bearer abc.def-123456")
    assert said == "<MISTRAL_API_KEY> in <OPENAI_API_KEY>, <key> and Authorization: <key>"


def test_of_two_keys_that_begin_alike_no_rest_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COHERE_API_KEY", "abcdefgh")
    monkeypatch.setenv("XAI_API_KEY", "abcdefgh-the-rest")
    assert keys.without_secrets("abcdefgh-the-rest, abcdefgh") == "<XAI_API_KEY>, <COHERE_API_KEY>"


def test_a_password_in_an_address_does_not_stay_in_a_text() -> None:
    assert keys.without_secrets("no answer from http://me:hidden@example.org:80/v1") == "no answer from http://<key>@example.org:80/v1"
    assert keys.without_secrets("no answer from http://example.org:80/v1") == "no answer from http://example.org:80/v1"
