import os
from pathlib import Path

import pytest

from tests.extensions import check_once

os.environ.pop("PLUMBLINE_LAKE", None)
check_once()
DATASETS = Path(__file__).resolve().parents[2] / "shared" / "datasets"


@pytest.fixture(autouse=True)
def lake_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test touches the developer's own lake."""
    folder = tmp_path / "lake"
    monkeypatch.setenv("PLUMBLINE_LAKE", str(folder))
    return folder


@pytest.fixture(scope="session")
def triethix_logs() -> Path:
    logs = DATASETS / "triethix" / "runs"
    if not logs.is_dir():
        pytest.skip(f"the published TriEthix logs are not at {logs}")
    return logs


@pytest.fixture(scope="session")
def safeworld() -> Path:
    queries = DATASETS / "safeworld"
    if not queries.is_dir():
        pytest.skip(f"the published SafeWorld queries are not at {queries}")
    return queries
