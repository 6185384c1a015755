from collections.abc import Iterator

import pytest

from engine.lake import Lake


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lake]:
    """One lake for the tests of a file: what another test has kept in it does no harm."""
    with Lake.open(str(tmp_path_factory.mktemp("reports") / "lake")) as opened:
        yield opened
