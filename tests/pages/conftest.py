from pathlib import Path

import pytest

from engine.commands.importing import import_from
from engine.lake import Lake
from tests.shared import copied, fill


@pytest.fixture(scope="session")
def with_logs(tmp_path_factory: pytest.TempPathFactory, triethix_logs: Path) -> Path:
    """The same with the published logs of one model."""
    folder = copied("filled", fill, tmp_path_factory)
    with Lake.open(str(folder)) as lake:
        import_from(lake, "triethix", triethix_logs / "gpt5nano.jsonl")
    return folder
