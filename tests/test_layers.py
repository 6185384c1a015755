"""Data flows one way: a module imports only from layers to its left."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = (
    "problems", "conversation", "reading", "turns", "benchmark", "circle", "countries", "grading", "benchmarks", "models", "checks", "runs",
    "importers", "lake", "metrics", "grades", "rubrics", "figures", "results", "views", "reports", "commands", "__main__",
)
SOURCES = sorted((ROOT / "engine").rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def layer(name: str) -> str:
    return name.split(".")[1]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_from_its_left(path: Path) -> None:
    here = layer(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if here == "__init__":
        return
    for name in imported(path):
        if name.startswith("engine."):
            assert LAYERS.index(layer(name)) <= LAYERS.index(here), f"{path} imports {name}, which lies to its right"
        assert name.split(".")[0] not in ("streamlit", "pages"), f"{path} imports {name}"
        if name.split(".")[0] == "litellm":
            assert path.name == "litellm_gateway.py", f"{path} imports LiteLLM"


@pytest.mark.parametrize("path", sorted((ROOT / "pages").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_never_reach_models_or_the_database(path: Path) -> None:
    for name in imported(path):
        assert not name.startswith(("engine.models.litellm_gateway", "litellm", "duckdb")), f"{path} imports {name}"
        if path.name not in ("desk.py", "workbench.py"):
            assert not name.startswith(("engine.models", "engine.runs", "engine.commands")), f"{path} imports {name}"
        if path.name not in ("attaching.py", "data.py", "desk.py", "kept.py", "lectern.py", "serving.py", "workbench.py"):
            assert not name.startswith("engine.lake"), f"{path} reads the lake itself"
