"""What the repository promises about itself."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def pins(name: str) -> dict[str, str]:
    found = re.findall(r"^([\w.\-\[\]]+)==([\w.]+)", (ROOT / name).read_text(), flags=re.MULTILINE)
    return {package.lower(): version for package, version in found}


def test_ci_runs_exactly_the_readmes_test_command() -> None:
    commands = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith(("#", "set", "cd"))]
    assert commands == ["make test"]
    assert "make test" in (ROOT / "README.md").read_text()


def test_every_direct_dependency_is_pinned_explained_and_locked_with_hashes() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w-]+==[\w.]+ +# .+", line) for line in lines)
    locked = pins("requirements.lock")
    assert pins("requirements.txt").items() <= locked.items()
    for package, version in pins("requirements-test.lock").items():
        assert locked.get(package, version) == version, f"{package} differs between the locks"
    blocks = re.split(r"\n(?=\S+==)", (ROOT / "requirements.lock").read_text())[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_versions_agree() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    from engine import __version__

    assert told == __version__
    assert f"## {told}" in (ROOT / "CHANGELOG.md").read_text()


def test_no_data_set_is_committed() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not [path for path in tracked if path.endswith(".jsonl") or path.startswith("data/lake")]


def test_files_have_one_subject_and_functions_fit_on_a_screen() -> None:
    import ast

    for path in [*(ROOT / "engine").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]:
        text = path.read_text()
        assert text.count("\n") <= 400, f"{path} is long"
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                assert node.end_lineno - node.lineno < 60, f"{path}: {node.name}"
