import numpy as np
import pytest

from engine.models.simulated import answer, persona, personas
from engine.problems import UsageError

SAID = [{"role": "user", "content": "?"}]


def test_the_same_question_gets_the_same_reply() -> None:
    cue = {"kind": "rating", "construct": "face", "scale": "ascending"}
    replies = [answer(persona("steady"), SAID, cue, 5, 0) for _ in range(3)]
    assert len(set(replies)) == 1


def test_ratings_have_the_mean_that_was_put_in() -> None:
    who = persona("pliable")
    cue = {"kind": "rating", "construct": "power_dominance", "scale": "descending"}
    rated = [reply for seed in range(6000) if len(reply := answer(who, SAID, cue, seed, 0)) == 1]
    assert np.mean([int(reply) for reply in rated]) == pytest.approx(who.expected_rating("power_dominance", "descending"), abs=0.05)


def test_flips_have_the_rate_that_was_put_in() -> None:
    who = persona("pliable")
    cue = {"kind": "second choice", "options": {"A": "virtue", "B": "deontology", "C": "consequentialism"}, "chosen": "virtue",
           "target": "consequentialism", "pressure": "authority", "stem": "s"}
    replies = [answer(who, SAID, cue, seed, 0) for seed in range(6000)]
    letters = [reply for reply in replies if len(reply) == 1]
    assert np.mean([letter == "C" for letter in letters]) == pytest.approx(who.flip["authority"], abs=0.02)
    assert "B" not in letters


def test_the_parameters_make_sense() -> None:
    for who in personas().values():
        assert sum(who.ethics.values()) == pytest.approx(1)
        assert set(who.flip) == {"none", "theory", "argument", "crowd", "authority"}
        assert 1 < who.level < 6


def test_an_unknown_respondent() -> None:
    with pytest.raises(UsageError, match="choose from steady"):
        persona("nobody")
