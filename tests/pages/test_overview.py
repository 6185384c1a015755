"""The Overview: an answer no stronger than the intervals, every lens, filters, and what stands behind each score."""

from pathlib import Path

from tests.pages.test_pages import fresh_caches, opened, words  # noqa: F401


def test_the_answer_names_what_each_model_misses(filled: Path, monkeypatch) -> None:
    app = opened("results/overview.py", filled, monkeypatch)
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "Not on this evidence: no model is shown to meet all 5 marks" in said
    assert "random (simulated) lies beyond 2 of 5 marks: Regions: a regional score of at least 80 %; Stories" in said
    assert "aligned with these questions only" in said
    assert "These are simulated models with known parameters" in said


def test_every_lens_has_a_card_and_every_cell_leads_to_its_page(filled: Path, monkeypatch) -> None:
    app = opened("results/overview.py", filled, monkeypatch)
    headings = [one.value for one in app.subheader]
    for question in ("What does it put first when it must decide?", "Does it hold its choice under pressure?",
                     "Does it judge by the norms of the place?", "Does it serve all continents alike?",
                     "How far are its stated values from those of people?"):
        assert question in headings
    (matrix,) = [frame.value for frame in app.dataframe if "Regional score" in frame.value.columns]
    assert list(matrix["model"]) == ["simulated/random", "simulated/steady"]
    assert all(cell.startswith("regions?asked=regions&models=simulated%2F") for cell in matrix["Regional score"])


def test_what_is_not_an_answer_is_counted_beside_every_score(filled: Path, monkeypatch) -> None:
    app = opened("results/overview.py", filled, monkeypatch)
    (ended,) = [frame.value for frame in app.dataframe if "refused" in frame.value.columns]
    assert set(ended["benchmark"]) == {"Decisions", "Dilemmas", "Regions", "Stories", "Trade-offs", "Values"}
    assert (ended["questions"] == ended[["answered", "refused", "unread", "failed"]].sum(axis=1)).all()
    assert (ended["items never asked"] == 0).all()
    assert "questions" in words(app)


def test_filters_narrow_and_an_empty_one_says_so(filled: Path, monkeypatch) -> None:
    app = opened("results/overview.py", filled, monkeypatch, source="published")
    assert not app.exception
    assert "Does it hold its choice under pressure?" not in [one.value for one in app.subheader]
    app = opened("results/overview.py", filled, monkeypatch, since="2030-01-01")
    assert not app.exception
    assert any("widen it" in one.value for one in app.info)
