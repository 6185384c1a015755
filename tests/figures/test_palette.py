from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.figures.palette import COLOURS, colours, source_label, told, whole_name
from tests.figures.made import estimate

VISION = {
    "full": np.eye(3),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
}
XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def seen(colour: str, vision: str) -> np.ndarray:
    """CIE L*a*b* of a colour as seen with one kind of vision (Machado et al. 2009)."""
    rgb = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = XYZ @ np.clip(VISION[vision] @ linear, 0, 1) / np.array([0.9505, 1, 1.089])
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
def test_any_two_colours_can_be_told_apart(vision: str) -> None:
    for one, other in combinations(COLOURS, 2):
        assert np.linalg.norm(seen(one, vision) - seen(other, vision)) > 20, (one, other)


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=30, unique=True), st.data())
def test_a_colour_depends_on_the_known_models_unless_slots_collide(known: list[str], data) -> None:
    picked = data.draw(st.lists(st.sampled_from(known), min_size=1, max_size=8, unique=True))
    slots = {name: place % len(COLOURS) for place, name in enumerate(sorted(known))}
    found = colours(picked, known)
    for name in picked:
        if [slots[other] for other in picked].count(slots[name]) == 1:
            assert found[name] == COLOURS[slots[name]]
    assert len(set(found.values())) == len(picked)


def test_whole_names_are_escaped_even_where_a_line_breaks() -> None:
    shown = whole_name("<b>" * 100, "simulated")
    assert "<b>" not in shown
    assert shown.count("&lt;b&gt;") == 100
    assert shown.endswith("SIMULATED")
    assert source_label("simulated") == "SIMULATED"
    assert source_label("<i>") == "&lt;i&gt;"


def test_a_hover_has_value_interval_counts_and_method() -> None:
    text = told(estimate("a", 0.5), percent=True)
    for part in ("50 %", "40 to 60", "30 trials", "10 independent units", "2 dropped", "how &amp; why"):
        assert part in text
