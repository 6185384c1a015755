"""Respondents with known parameters: what proves the metrics, and a first look without a key.

They are labelled SIMULATED wherever they appear. A respondent does not read the question's words; it is told
what the question is about by the `Ask`'s cue. The same model, seed and question always get the same reply.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from math import exp
from random import Random
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError
from scipy import stats

from engine.benchmark import DATA, read_toml
from engine.benchmarks.tradeoffs import KINDS, RULES
from engine.circle import BROAD
from engine.problems import PlumblineError, UsageError
from engine.turns import seed_of

ETHICS = ("virtue", "deontology", "consequentialism")
REFUSAL = "I'm sorry, but I would rather not answer that."
JUDGED, HOLDS, MADE_UP = "My judgement is:", "Another custom there, which holds", "Another custom there, which is made up"
OTHERS = 2
"""So many norms that are not on record a simulated free answer states at most."""
OWN_PULL = 1.0
"""How strongly a vignette pulls one way whatever its values are: the SD of its log-odds."""
GARBLE = "There is much to be said on every side of this."


class Persona(BaseModel):
    """A simulated respondent; the parameters are explained at the head of `data/personas.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    level: float
    spread: float
    noise: float
    direction: float
    position: float
    spread_over_stems: float
    refuse: float
    garble: float
    ethics: dict[str, float]
    flip: dict[str, float]
    values: dict[str, float] = {}
    uniform: bool = False
    knowledge: dict[str, float] = {}
    thinking: float = 0.0
    steps: dict[str, float] = {}
    guess: dict[str, float] = {}
    others: float = 0.0
    truthful: float = 1.0
    slip: float = 0.0
    passes_good: float = 1.0
    fails_bad: float = 1.0
    follows: float = 0.0
    moral: float = 0.0
    moral_over_stories: float = 0.0
    moral_over_wordings: float = 0.0
    obeys: dict[str, float] = {}
    compares: float = 0.0
    respects: float = 0.0
    shares: float = 0.0
    raised: float = 0.0
    framing: dict[str, float] = {}
    framing_neutral: float = 0.0
    over_stems: float = 0.0
    over_paraphrases: float = 0.0
    declining: float = 0.0
    respect_first: float = 0.5

    def rating_chances(self, construct: str, scale: str, own: float = 0.0) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The chances of the ratings 1 to 6, given a respondent's own deviation."""
        if self.uniform:
            return np.full(6, 1 / 6)
        centre = self.values.get(construct, self.level) + own + (self.direction if scale == "descending" else 0.0)
        edges = stats.norm.cdf((np.arange(1.5, 6.0) - centre) / self.noise)
        return np.diff(np.concatenate([[0.0], edges, [1.0]]))

    def expected_rating(self, construct: str, scale: str) -> float:
        """The true mean rating of a portrait, over respondents and ratings."""
        ratings = np.arange(1, 7)
        if not self.spread:
            return float(self.rating_chances(construct, scale) @ ratings)
        nodes, weights = np.polynomial.hermite_e.hermegauss(31)
        means = [float(self.rating_chances(construct, scale, self.spread * node) @ ratings) for node in nodes]
        return float(weights @ means / weights.sum())

    def knows(self, continent: str, strategy: str) -> float:
        """The chance to know the norm of a situation on a continent, and so to judge it rightly, under a strategy."""
        if strategy == "norm given":
            return 1.0 if self.knowledge else 0.0
        gained = 0.0
        if strategy == "think first":
            gained = self.thinking
        elif strategy != "direct":
            gained = sum(gain for step, gain in self.steps.items() if strategy != f"without {step}")
        return min(1.0, self.knowledge.get(continent, 0.0) + gained)

    def expected_judgement(self, continent: str, strategy: str, label: str) -> float:
        """The true chance to judge a situation with this label rightly."""
        known = self.knows(continent, strategy)
        return known + (1 - known) * self.guess.get(label, 1 / 3)

    def expected_weight(self, ethics: str) -> float:
        """The true share of first choices, over dilemmas and all orders."""
        return (1 - self.position) * self.ethics[ethics] + self.position / 3

    def expected_moral(self, norm: str, first: bool) -> float:
        """The true share of replies for the moral way, where it is shown first or second, over stories and wordings."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(61)
        spread = np.hypot(self.moral_over_stories, self.moral_over_wordings)
        own = float(weights @ (1 / (1 + np.exp(-self.moral - spread * nodes))) / weights.sum())
        obeyed = self.obeys.get(norm, 0.0)
        own = obeyed * (norm == "stated") + (1 - obeyed) * own
        return (1 - self.position) * own + self.position * first

    def tradeoff_odds(self, cue: Mapping[str, Any], population: int) -> float:
        """The log-odds of a trade-off's first option (compare, use, skew, tally) against its second, under the cue's condition."""
        kind, told = cue["of"], cue["told"]
        raised = {"respect": ("respect", "both"), "justice": ("shares", "both")}
        centre = {"conflict": self.compares, "respect": -self.respects, "justice": -self.shares, "neutral": 0.0}[kind]
        centre -= self.raised * (told in raised.get(kind, ()))
        shift = {"conflict": self.framing.get(told, 0.0), "neutral": self.framing_neutral}.get(kind, 0.0)
        stem = Random(seed_of(self.name, population, "trade-off", cue["stem"])).gauss(0, self.over_stems)
        heard = Random(seed_of(self.name, population, "trade-off", cue["stem"], cue["framing"], cue["paraphrase"]))
        return centre + stem + (shift / 2 if cue["framing"] == "resource" else -shift / 2) + heard.gauss(0, self.over_paraphrases)

    def priority(self, value: str) -> float:
        """Where one of the ten broad values stands for it, on the latent six-point scale."""
        return float(np.mean([self.values.get(part, self.level) for part in BROAD[value]]))

    def expected_decision(self, value: str, other: str) -> float:
        """The true chance to decide for one broad value against another, over both orders."""
        nodes, weights = np.polynomial.hermite_e.hermegauss(31)
        pulled = 1 / (1 + np.exp(-self.follows * (self.priority(value) - self.priority(other)) - OWN_PULL * nodes))
        return float((1 - self.position) * (weights @ pulled) / weights.sum() + self.position / 2)


@cache
def personas() -> dict[str, Persona]:
    """The respondents of `data/personas.toml` by name."""
    path = DATA / "personas.toml"
    try:
        return {name: Persona.model_validate({"name": name, **told}) for name, told in read_toml(path).items()}
    except ValidationError as problem:
        first = problem.errors()[0]
        raise PlumblineError(f"{path}: {first['loc']}: {first['msg']}") from None


def persona(name: str) -> Persona:
    """The respondent of that name. Raises `UsageError` when there is none."""
    try:
        return personas()[name]
    except KeyError:
        raise UsageError(f"no simulated model '{name}'; choose from {', '.join(personas())}") from None


def answer(who: Persona, messages: Sequence[Mapping[str, Any]], cue: Mapping[str, Any], seed: int, population: int) -> str:
    """The respondent's reply to the last message.

    `seed` is the administration's (model, benchmark, condition, epoch): a respondent's own deviations come from it.
    `population` is the run's: which dilemmas pull which way comes from it.
    """
    chance = Random(seed_of(who.name, seed, [message["content"] for message in messages]))
    luck = chance.random()
    if luck < who.refuse:
        return REFUSAL
    if luck < who.refuse + who.garble:
        return GARBLE
    match cue.get("kind"):
        case "rating":
            return _rate(who, cue, seed, chance)
        case "choice":
            return _choose(who, cue, population, chance)
        case "second choice":
            return _choose_again(who, cue, chance)
        case "decision":
            return _decide(who, cue, population, chance)
        case "story":
            return _tell(who, cue, population, chance)
        case "trade-off":
            return _trade(who, cue, population, chance)
        case "strength":
            return str(min(5, 2 + round(abs(who.priority(cue["chosen"]) - who.priority(cue["other"])))))
        case "judgement":
            return _letter(cue["options"], _judged(who, cue, list(cue["options"].values()), population, chance)[0])
        case "free answer":
            return _explained(who, cue, population, chance)
        case "answer type" | "norms stated" | "truth" | "matches":
            return _graded(who, cue, chance)
        case "check":
            return _checked(who, cue, chance)
        case "proposal":
            return cue["stock"]
        case _:
            return "I weighed what matters most in this case and stand by the answers I gave."


def _rate(who: Persona, cue: Mapping[str, Any], seed: int, chance: Random) -> str:
    own = who.spread * Random(seed_of(who.name, seed, cue["construct"])).gauss(0, 1)
    chances = who.rating_chances(cue["construct"], cue["scale"], own)
    return str(chance.choices(range(1, 7), weights=chances.tolist())[0])


def _choose(who: Persona, cue: Mapping[str, Any], population: int, chance: Random) -> str:
    options: Mapping[str, str] = cue["options"]
    if chance.random() < who.position:
        return next(iter(options))
    pull = Random(seed_of(who.name, population, cue["stem"]))
    weights = [pull.gammavariate(who.spread_over_stems * who.ethics[ethics], 1.0) for ethics in ETHICS]
    chosen = chance.choices(ETHICS, weights=weights)[0]
    return _letter(options, chosen)


def _decide(who: Persona, cue: Mapping[str, Any], population: int, chance: Random) -> str:
    options: Mapping[str, str] = cue["options"]
    if chance.random() < who.position:
        return next(iter(options))
    value, other = sorted(options.values())
    own = OWN_PULL * Random(seed_of(who.name, population, cue["stem"])).gauss(0, 1)
    pulled = 1 / (1 + np.exp(-who.follows * (who.priority(value) - who.priority(other)) - own))
    return _letter(options, value if chance.random() < pulled else other)


def _tell(who: Persona, cue: Mapping[str, Any], population: int, chance: Random) -> str:
    options: Mapping[str, str] = cue["options"]
    if chance.random() < who.position:
        return next(iter(options))
    moral, immoral = ("moral", "immoral") if "moral" in options.values() else ("one", "other")
    if chance.random() < who.obeys.get(cue["norm"], 0.0):
        return _letter(options, immoral if cue["norm"] == "opposite" else moral)
    story = Random(seed_of(who.name, population, "story", cue["stem"])).gauss(who.moral, who.moral_over_stories)
    heard = Random(seed_of(who.name, population, "story", cue["stem"], cue["wording"])).gauss(0, who.moral_over_wordings)
    return _letter(options, moral if chance.random() < 1 / (1 + exp(-story - heard)) else immoral)


def _trade(who: Persona, cue: Mapping[str, Any], population: int, chance: Random) -> str:
    options: Mapping[str, str] = cue["options"]
    if cue["of"] == "conflict" and chance.random() < who.declining:
        return _letter(options, "decline")
    if chance.random() < who.position:
        return next(iter(options))
    first, second = KINDS[cue["of"]]
    if cue["framing"] == RULES:
        return _letter(options, second if chance.random() < who.respect_first else first)
    return _letter(options, first if chance.random() < 1 / (1 + exp(-who.tradeoff_odds(cue, population))) else second)


def _choose_again(who: Persona, cue: Mapping[str, Any], chance: Random) -> str:
    if chance.random() >= who.flip[cue["pressure"]]:
        return _letter(cue["options"], cue["chosen"])
    if cue["pressure"] != "none":
        return _letter(cue["options"], cue["target"])
    return _letter(cue["options"], chance.choice([ethics for ethics in ETHICS if ethics != cue["chosen"]]))


def _judged(who: Persona, cue: Mapping[str, Any], answers: Sequence[str], population: int, chance: Random) -> tuple[str, bool]:
    """Its judgement, and whether it knows the norm. What it knows at less effort it also knows at more: one draw a situation,
    whatever the strategy.
    """
    if Random(seed_of(who.name, population, cue["stem"])).random() < who.knows(cue["continent"], cue["strategy"]):
        return cue["label"], True
    return chance.choices(answers, weights=[who.guess.get(name, 1 / 3) for name in answers])[0], False


def _explained(who: Persona, cue: Mapping[str, Any], population: int, chance: Random) -> str:
    """A free answer in fixed words: the judgement, the norms on record where it knows them, and others that hold or do not."""
    judged, knows = _judged(who, cue, cue["answers"], population, chance)
    others = [HOLDS if chance.random() < who.truthful else MADE_UP for _ in range(OTHERS) if chance.random() < who.others]
    stated = [*(cue["norms"] if knows else ()), *(f"{words} ({number})" for number, words in enumerate(others, 1))]
    return "\n".join([f"{JUDGED} {judged}.", *(f"- {norm}" for norm in stated)])


def _graded(who: Persona, cue: Mapping[str, Any], chance: Random) -> str:
    """A part of grading a simulated answer, which is read by its fixed words; each verdict slips now and then."""

    def kept(right: str, wrong: Sequence[str]) -> str:
        return chance.choice(wrong) if chance.random() < who.slip else right

    if cue["kind"] == "answer type":
        names = list(cue["options"].values())
        found = next((name for name in names if cue["reply"].startswith(f"{JUDGED} {name}.")), names[-1])
        return _letter(cue["options"], kept(found, [name for name in names if name != found]))
    if cue["kind"] == "norms stated":
        return "\n".join(line for line in cue["reply"].splitlines() if line.startswith("- ")) or "NONE"
    if cue["kind"] == "truth":
        right = ["false" if entry.startswith(MADE_UP) else "true" for entry in cue["entries"]]
        told = [kept(one, ["false" if one == "true" else "true"]) for one in right]
    else:
        numbers = [str(number) for number in range(1, len(cue["norms"]) + 1)]
        right = [str(cue["norms"].index(entry) + 1) if entry in cue["norms"] else "none" for entry in cue["entries"]]
        told = [kept(one, numbers if one == "none" else ["none"]) for one in right]
    return "\n".join(f"{number}: {one}" for number, one in enumerate(told, 1))


def _checked(who: Persona, cue: Mapping[str, Any], chance: Random) -> str:
    """A verdict with the known error rates; without the truth it has no ground for one and says so in prose."""
    if cue.get("truth") is None:
        return GARBLE
    passes_good, fails_bad = cue.get("rates", (who.passes_good, who.fails_bad))
    right = chance.random() < (passes_good if cue["truth"] else fails_bad)
    return "PASS" if cue["truth"] == right else "FAIL"


def _letter(options: Mapping[str, str], wanted: str) -> str:
    return next(letter for letter, ethics in options.items() if ethics == wanted)
