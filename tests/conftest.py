import os
from pathlib import Path

import pytest

from tests.extensions import check_once
from tests.shared import copied, fill

os.environ.pop("PLUMBLINE_LAKE", None)
check_once()
LONGEST = (
    "journeys/test_journeys.py", "journeys/test_presenting.py", "journeys/test_grading.py", "pages/test_bad_input.py",
    "commands/test_resuming.py", "runs/test_kill.py", "commands/test_judging.py", "pages/test_pages.py", "pages/test_runs.py",
    "journeys/test_runs_page.py", "metrics/test_recovery.py", "metrics/test_recovery_of_stories.py", "runs/test_outcomes.py",
    "runs/test_openai_protocol.py", "lake/test_moving.py", "pages/test_compare.py", "pages/test_bridges.py", "pages/test_regions.py",
    "reports/test_model_report.py", "pages/test_present.py", "reports/test_web_slides.py", "reports/test_web_report.py",
    "reports/test_powerpoint.py", "commands/test_commands.py", "pages/test_criteria.py", "pages/test_attached.py",
    "commands/test_checking.py", "metrics/test_regions.py", "rubrics/test_carrying.py", "checks/test_sql.py", "lake/test_intake.py",
    "lake/test_lake.py", "commands/test_rounds.py",
)
"""Files of more than ten seconds, the longest first: workers take them in this order, so that none has long to do when the other ends."""
DATASETS = Path(__file__).resolve().parents[2] / "shared" / "datasets"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    place = {here / name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path, len(place)))


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


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with every benchmark on two simulated models, and the published figures."""
    return copied("filled", fill, tmp_path_factory)
