"""The choice of models goes along from page to page."""

from pathlib import Path

from tests.pages.test_pages import fresh_caches, opened  # noqa: F401


def test_the_chosen_models_stay_chosen_on_the_next_page(filled: Path, monkeypatch) -> None:
    app = opened("results/values.py", filled, monkeypatch)
    app.multiselect(key="models").set_value(["simulated/steady"]).run()
    app.switch_page("results/dilemmas.py").run()
    assert not app.exception
    assert app.multiselect(key="models").value == ["simulated/steady"]
    app.multiselect(key="models").set_value([]).run()
    app.switch_page("results/values.py").run()
    assert app.multiselect(key="models").value == []


def test_one_drawing_of_a_page_reads_the_stamp_once(filled: Path, monkeypatch) -> None:
    from engine.lake import runs

    app = opened("results/overview.py", filled, monkeypatch)
    asked: list[str] = []
    for name in ("snapshot", "newest"):
        real = getattr(runs, name)
        monkeypatch.setattr(runs, name, lambda lake, name=name, real=real: asked.append(name) or real(lake))
    app.run()
    assert asked == ["snapshot"], "while nothing is written, the stamp itself is not asked for"
