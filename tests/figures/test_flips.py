from engine.figures.flips import flip_table
from tests.figures.made import estimate, frame

KINDS = {"none": "again", "theory": "theory", "argument": "argument", "crowd": "crowd", "authority": "authority"}
NAME = "provider/" + "x" * 191


def test_names_leave_room_for_the_cells_and_hover_has_them_whole() -> None:
    found = frame([estimate(kind, 0.5, model=NAME) for kind in KINDS])
    figure = flip_table(found, list(KINDS), KINDS, {})
    shown = next(note.text for note in figure.layout.annotations if "provider" in note.text)
    assert len(shown) <= 18
    assert figure.data[0].text[0].replace("<br>", "").startswith(NAME)
    wide = flip_table(found, ["none"], KINDS, {})
    assert len(next(note.text for note in wide.layout.annotations if "provider" in note.text)) > 18


def test_height_grows_with_the_rows() -> None:
    rows = [estimate("none", 0.5, model=f"m{number}") for number in range(25)]
    high, low = (flip_table(frame(some), ["none"], KINDS, {}).layout.height for some in (rows, rows[:1]))
    assert high - low >= 24 * 50
