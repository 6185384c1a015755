"""What pages read is read once."""

from pathlib import Path

import pytest
import streamlit as st

from engine.lake import Lake, runs
from pages import data, kept


@pytest.fixture(autouse=True)
def fresh_caches() -> None:
    st.cache_resource.clear()
    st.cache_data.clear()


def test_a_visitor_is_given_what_another_was_until_a_run_finishes(filled: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PLUMBLINE_LAKE", str(filled))
    seen = []
    for _ in range(2):
        kept.checked(lambda: seen.append((data.now().results("values"), data.now().results("values"))))
    assert seen[0][0] is seen[0][1] is seen[1][0], "no copy within a drawing, none for the next"
    with Lake.open(str(filled)) as lake:
        runs.begin(lake, "later", plan={}, seed=1, asked_by="test", versions={})
        runs.finish(lake, "later", "complete", {})
    kept.checked(lambda: seen.append((data.now().results("values"), None)))
    assert seen[2][0] is not seen[0][0]
    with Lake.open(str(filled)) as lake:
        runs.forget(lake, "later")
