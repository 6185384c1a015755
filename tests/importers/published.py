"""Where the published data lie, beside the repository; nothing of them is in it."""

from pathlib import Path

import pytest

from tests.conftest import DATASETS


def published(name: str) -> Path:
    """The folder of a published data set; the test is skipped where it is absent."""
    folder = DATASETS / name
    if not folder.is_dir():
        pytest.skip(f"the published data are not at {folder}")
    return folder
