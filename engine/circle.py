"""The order of human values: which value lies beside which on Schwartz's circle.

The drawing order … humility, benevolence, universalism, self-direction … is the one in which three samples of
people agree (multidimensional scaling of a Swedish, an English-speaking and a US sample; see Methods).
"""

import math

ORDER_19 = (
    "self_direction_thought", "self_direction_action", "stimulation", "hedonism", "achievement", "power_dominance",
    "power_resources", "face", "security_personal", "security_societal", "tradition", "conformity_rules",
    "conformity_interpersonal", "humility", "benevolence_dependability", "benevolence_care", "universalism_concern",
    "universalism_nature", "universalism_tolerance",
)

BROAD = {
    "self_direction": ("self_direction_thought", "self_direction_action"),
    "stimulation": ("stimulation",),
    "hedonism": ("hedonism",),
    "achievement": ("achievement",),
    "power": ("power_dominance", "power_resources"),
    "security": ("security_personal", "security_societal"),
    "conformity": ("conformity_rules", "conformity_interpersonal"),
    "tradition": ("tradition", "humility"),
    "benevolence": ("benevolence_dependability", "benevolence_care"),
    "universalism": ("universalism_concern", "universalism_nature", "universalism_tolerance"),
}
"""The ten broad values; face belongs to none (official key: 54 of 57 items)."""

HIGHER = {
    "openness_to_change": ("self_direction_thought", "self_direction_action", "stimulation", "hedonism"),
    "self_enhancement": ("achievement", "power_dominance", "power_resources"),
    "conservation": (
        "security_personal", "security_societal", "tradition", "conformity_rules", "conformity_interpersonal",
    ),
    "self_transcendence": (
        "universalism_concern", "universalism_nature", "universalism_tolerance",
        "benevolence_dependability", "benevolence_care",
    ),
}
"""The four higher-order values: means of value means (official key; face and humility stand apart)."""

LABELS = {
    "self_direction_thought": "Self-direction: thought", "self_direction_action": "Self-direction: action",
    "power_dominance": "Power: dominance", "power_resources": "Power: resources",
    "security_personal": "Security: personal", "security_societal": "Security: societal",
    "conformity_rules": "Conformity: rules", "conformity_interpersonal": "Conformity: interpersonal",
    "benevolence_dependability": "Benevolence: dependability", "benevolence_care": "Benevolence: care",
    "universalism_concern": "Universalism: concern", "universalism_nature": "Universalism: nature",
    "universalism_tolerance": "Universalism: tolerance", "face": "Face", "humility": "Humility",
    "self_direction": "Self-direction", "stimulation": "Stimulation", "hedonism": "Hedonism",
    "achievement": "Achievement", "power": "Power", "security": "Security", "conformity": "Conformity",
    "tradition": "Tradition", "benevolence": "Benevolence", "universalism": "Universalism",
    "openness_to_change": "Openness to change", "self_enhancement": "Self-enhancement",
    "conservation": "Conservation", "self_transcendence": "Self-transcendence",
}

_PLACES = {
    "self_direction": 0.0, "stimulation": 1.0, "hedonism": 2.0, "achievement": 3.0, "power": 4.0, "face": 5.0,
    "security": 6.0, "conformity": 6.0, "tradition": 6.0, "humility": 7.25, "benevolence": 8.5, "universalism": 8.5,
}
"""Places on a circle of ten. Values whose order differs between samples of people share the middle of their group:
security, conformity and tradition; benevolence and universalism. Swaps inside a group cost nothing."""


def angle(value: str) -> float:
    """Where one of the 19 (or ten) values lies on the circle, in radians."""
    place = _PLACES.get(value)
    if place is None:
        place = _PLACES[next(broad for broad, parts in BROAD.items() if value in parts)]
    return 2 * math.pi * place / 10
