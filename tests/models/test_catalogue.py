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
