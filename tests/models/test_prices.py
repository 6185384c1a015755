"""Prices from the catalogue and from LiteLLM's list, and none where nobody knows."""

from typing import Any

import pytest

from engine.models import keys, prices
from engine.models.catalogue import Model
from engine.models.prices import Price, price, thinks


def of(name: str, **settings: Any) -> Price | None:
    return price(Model.model_validate({"name": name, "model": name} | settings))


def test_tokens_cost_their_price() -> None:
    assert Price(2e-6, 8e-6).of(1_000_000, 500_000) == pytest.approx(6.0)


def test_litellms_list_is_known_by_the_models_string() -> None:
    assert of("openai/gpt-4o") == Price(2.5e-6, 1e-5)
    assert of("azure/gpt-4o") == Price(2.5e-6, 1e-5)


@pytest.mark.parametrize("name", ["openai/nobody-knows", "nowhere/gpt-4o", "anthropic/gpt-4o", "gpt-4o/", "a/b/c"])
def test_an_unknown_model_has_no_price_and_not_another_providers(name: str) -> None:
    assert of(name) is None


def test_the_catalogues_own_price_goes_before_the_list() -> None:
    own = {"usd_per_million_prompt_tokens": 3, "usd_per_million_completion_tokens": 0}
    assert of("openai/gpt-4o", **own) == of("openai/nobody-knows", **own) == Price(3e-6, 0)
    assert of("openai/gpt-4o", base_url="http://localhost/v1", **own) == Price(3e-6, 0)


def test_half_a_price_is_none() -> None:
    assert of("openai/nobody-knows", usd_per_million_prompt_tokens=3) is None


def test_a_server_of_ones_own_is_not_priced_as_the_provider_is() -> None:
    assert of("openai/gpt-4o", base_url="http://localhost/v1") is None


def test_a_simulated_model_is_free() -> None:
    assert of("simulated/steady") == Price(0, 0)


def test_reasoning_models_are_known() -> None:
    assert thinks("openai/o3")
    assert not thinks("openai/gpt-4o")
    assert not thinks("openai/nobody-knows")


def test_models_are_offered_only_of_providers_whose_key_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for names in keys.OF_PROVIDER.values():
        for name in names:
            monkeypatch.delenv(name, raising=False)
    assert prices.offered() == []
    monkeypatch.setenv("OPENAI_API_KEY", "sk-made-up-0123456789")
    found = prices.offered()
    assert "openai/gpt-4o" in found
    assert found == sorted(set(found))
    assert all(name.startswith("openai/") and name.count("/") == 1 for name in found)
    assert not [name for name in found if "embedding" in name or "whisper" in name or name.startswith("openai/ft:")]
    monkeypatch.setenv("GROQ_API_KEY", "gsk_made_up_0123456789")
    assert {name.split("/")[0] for name in prices.offered()} == {"openai", "groq"}
    assert all(of(name) for name in prices.offered() if name.startswith("groq/"))
