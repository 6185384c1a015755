from pathlib import Path

import pytest

from engine.models import catalogue
from engine.problems import PlumblineError, UsageError


def test_the_shipped_models_are_simulated_and_need_no_key() -> None:
    found = catalogue.listed()
    assert found
    assert {model.source for model in found.values()} == {"simulated"}


def test_any_litellm_model_string_is_a_model() -> None:
    assert catalogue.model("openai/gpt-4o").source == "measured"
    assert catalogue.model("openrouter/meta-llama/llama-3:free").model == "openrouter/meta-llama/llama-3:free"


@pytest.mark.parametrize("name", ["gpt", "", "simulated/nobody", "openai/with space"])
def test_an_unknown_model_says_how_to_write_one(name: str) -> None:
    with pytest.raises(UsageError, match="provider/model"):
        catalogue.model(name)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[models."x"]\nmodle = "openai/x"\n', "model 'x'.*model"),
        ('[models."x"]\nmodel = "openai/x"\ntemprature = 1\n', "unknown setting 'temprature'"),
        ('[models."x"]\nmodel = "openai/x"\nconcurrency = 0\n', "concurrency"),
        ('[model."x"]\nmodel = "openai/x"\n', r"unknown table \[model\]"),
        ('[models."x"\n', "not valid TOML.*line 1"),
        ("models = 3\n", "models"),
    ],
)
def test_a_mistake_in_the_file_is_named(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(text)
    with pytest.raises(PlumblineError, match=told) as raised:
        catalogue.listed(path)
    assert "\n" not in str(raised.value)


def written(tmp_path: Path, settings: str) -> Path:
    path = tmp_path / "models.toml"
    path.write_text(f'[models."fine"]\nmodel = "openai/fine"\n\n[models."x"]\nmodel = "openai/x"\n{settings}\n')
    return path


@pytest.mark.parametrize(("settings", "setting"), [
    ('api_key = "abc"', "api_key"), ('parameters = { api_key = "abc" }', "parameters.api_key"),
    ('parameters = { extra_headers = { "x-api-key" = "abc" } }', "parameters.extra_headers.x-api-key"),
    ('about = "with sk-made-up-0123456789abcdef"', "about"), ('base_url = "https://me:hidden@example.org/v1"', "base_url"),
])
def test_a_secret_in_the_file_is_refused_unshown_and_where_it_belongs_is_said(settings: str, setting: str, tmp_path: Path) -> None:
    with pytest.raises(PlumblineError) as raised:
        catalogue.listed(written(tmp_path, settings))
    said = str(raised.value)
    assert f"model 'x': setting '{setting}' holds a secret" in said
    assert "OPENAI_API_KEY) or .streamlit/secrets.toml" in said
    assert not [secret for secret in ("abc", "sk-made-up", "hidden") if secret in said]


@pytest.mark.parametrize("settings", [
    "concurrency = 0", "concurrency = 1001", "concurrency = 2.5", "requests_per_minute = 0", "tokens_per_minute = -1", "timeout_s = 0",
    "timeout_s = 3601", "thinking_tokens = -1", "usd_per_million_prompt_tokens = -0.1", "usd_per_million_completion_tokens = -0.1",
    'effort = "very"', 'system = "drop"', "parameters = 3", 'requests_per_minute = "many"',
])
def test_a_setting_out_of_range_is_named_with_its_model(settings: str, tmp_path: Path) -> None:
    name = settings.split()[0]
    with pytest.raises(PlumblineError, match=f"model 'x': setting '{name}") as raised:
        catalogue.listed(written(tmp_path, settings))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("settings", [
    "concurrency = 1", "concurrency = 1000", "timeout_s = 3600", "thinking_tokens = 0", "usd_per_million_prompt_tokens = 0", "",
])
def test_the_ends_of_a_range_are_in_it(settings: str, tmp_path: Path) -> None:
    assert list(catalogue.listed(written(tmp_path, settings))) == ["fine", "x"]


def test_the_file_of_the_environment_is_read_instead_of_the_shipped_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLUMBLINE_MODELS", str(written(tmp_path, "concurrency = 7")))
    assert catalogue.model("x").concurrency == 7
    assert catalogue.model("openai/x").name == "openai/x"


DECIDES = [
    {"model": "openai/y"}, {"parameters": {"temperature": 0}}, {"base_url": "http://localhost/v1"}, {"effort": "low"},
    {"thinking_tokens": 9},
]
LEAVES = [
    {"name": "y"}, {"concurrency": 2}, {"requests_per_minute": 5}, {"tokens_per_minute": 5}, {"timeout_s": 5}, {"about": "it"},
    {"usd_per_million_prompt_tokens": 1}, {"usd_per_million_completion_tokens": 1},
]


def test_the_fingerprint_is_what_decides_the_answers_and_nothing_else() -> None:
    def fingerprint(settings: dict[str, object]) -> dict[str, object]:
        return catalogue.Model.model_validate({"name": "x", "model": "openai/x"} | settings).fingerprint

    plain = fingerprint({})
    assert plain == {"model": "openai/x", "parameters": {}, "base_url": None}, "as it was in runs before effort was known"
    assert all(fingerprint(settings) != plain for settings in DECIDES)
    assert all(fingerprint(settings) == plain for settings in LEAVES)
