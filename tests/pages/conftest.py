from pathlib import Path

import pytest

from engine.commands.app import FIRST_LOOK
from engine.commands.importing import import_from
from engine.commands.playing import play
from engine.commands.request import Request
from engine.lake import Lake, references
from engine.models.gateway import DirectGateway


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with every benchmark on two simulated models, and the published figures."""
    folder = tmp_path_factory.mktemp("filled") / "lake"
    with Lake.open(str(folder)) as lake:
        references.load(lake)
        play(lake, Request(["simulated/steady", "simulated/random"], ["values", "decisions", "dilemmas"]), gateway=DirectGateway())
        play(lake, Request(["simulated/steady", "simulated/random"], ["regions"], FIRST_LOOK), gateway=DirectGateway())
    return folder


@pytest.fixture(scope="session")
def with_logs(filled: Path, triethix_logs: Path) -> Path:
    """The same with the published logs of one model."""
    with Lake.open(str(filled)) as lake:
        import_from(lake, "triethix", triethix_logs / "gpt5nano.jsonl")
    return filled
