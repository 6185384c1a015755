"""The official portrait questionnaire, from the user's own copy.

Data card
---------
The PVQ-RR may be used free of charge for academic research; commercial use needs a licence from its author.
It is not ours to ship. `python -m engine import pvq FILE` reads a CSV with the columns `number` (1 to 57) and
`text`, joins the official key (which item stands for which value; a published fact) and keeps the items in
*your* lake. They are asked with the same script and read with the same metrics as the benchmark `values`,
and shown under the name `pvq`, never mixed with it.
**Key**: Coding and Analysis Instructions for the PVQ-RR, June 2021.
"""

from dataclasses import replace

from engine.benchmarks import values

KEY = {
    "self_direction_thought": (1, 23, 39),
    "self_direction_action": (16, 30, 56),
    "stimulation": (10, 28, 43),
    "hedonism": (3, 36, 46),
    "achievement": (17, 32, 48),
    "power_dominance": (6, 29, 41),
    "power_resources": (12, 20, 44),
    "face": (9, 24, 49),
    "security_personal": (13, 26, 53),
    "security_societal": (2, 35, 50),
    "tradition": (18, 33, 40),
    "conformity_rules": (15, 31, 42),
    "conformity_interpersonal": (4, 22, 51),
    "humility": (7, 38, 54),
    "universalism_nature": (8, 21, 45),
    "universalism_concern": (5, 37, 52),
    "universalism_tolerance": (14, 34, 57),
    "benevolence_care": (11, 25, 47),
    "benevolence_dependability": (19, 27, 55),
}
"""The three official item numbers of each of the 19 values."""

BENCHMARK = replace(
    values.BENCHMARK, name="pvq", title="Values (official questionnaire, own copy)", version="1", read_items=None, importer="pvq",
)
