"""Checks as they run, and what becomes of those that would do harm. `unguarded` takes the grammar away: what it refuses, the process
must withstand as well.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.checks import cell, sql
from engine.checks.outcome import Outcome
from engine.checks.sql import Output, columns_of, run
from engine.problems import PlumblineError, UsageError

ONE = [Output("Sell it.", "A fine word.", {"lang": "en"})]
NOTHING = {"statement": "SELECT true", "columns": [["reply", "VARCHAR"]], "rows": [], "memory": sql.MEMORY, "seconds": 1}
LONG = Output("p", "words " * 20_000)
GROWING = "reply"
for _ in range(6):
    GROWING = f"replace({GROWING}, 'w', '{'w' * 60}')"


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "taken", lambda expression, columns: ())


def why(expression: str, output: Output = ONE[0]) -> str:
    outcome, = run(expression, [output])
    assert outcome.verdict == "error"
    assert outcome.why
    assert "\n" not in outcome.why
    return outcome.why


def test_a_check_passes_and_fails_output_by_output() -> None:
    outputs = [Output("p", "a price"), Output("p", "x" * 401), Output("p", "fine, <think>price</think>it's \0 \ud800 é")]
    check = "length(reply) < 400 AND NOT regexp_matches(reply, 'price')"
    assert run(check, outputs) == [Outcome("fail"), Outcome("fail"), Outcome("pass")]
    assert run(check, []) == []


def test_the_fields_of_the_item_are_columns_by_their_kind() -> None:
    outputs = [
        Output("p", "r", {"n": 3, "share": 1, "yes": True, "told": {"a": ["é"]}, "mixed": 1, "Reply": "not this", 'a"b': 1}),
        Output("p", "r", {"n": 4, "share": 0.5, "yes": False, "told": {"a": []}, "mixed": "one", "n ": None}),
    ]
    columns = columns_of(outputs)
    assert columns == {
        "prompt": "text", "reply": "text", "mixed": "text", "n": "whole number", "n ": "text", "share": "number", "told": "text",
        "yes": "yes or no",
    }
    check = "n = 3 AND share = 1 AND yes AND (told ->> '$.a[0]') = 'é' AND mixed = '1' AND reply = 'r' AND \"n \" IS NULL"
    assert [one.verdict for one in run(check, outputs)] == ["pass", "fail"]


def test_columns_that_come_with_a_check_are_only_names() -> None:
    columns = {'a" VARCHAR); ATTACH \'/tmp/x\'; --': "text"}
    assert run("reply = 'A fine word.'", ONE, columns) == [Outcome("pass")]
    with pytest.raises(UsageError, match="no kind of column 'BLOB'; choose from text"):
        run("true", ONE, {"lang": "BLOB"})


def test_a_value_that_does_not_fit_its_column_concerns_its_output_alone() -> None:
    outputs = [Output("p", "r", {"n": 3}), Output("p", "r", {"n": "three"}), Output("p", "r" * (sql.LONGEST_TEXT + 1), {"n": 3})]
    found = run("n = 3", outputs, columns_of(outputs[:1]))
    assert [one.verdict for one in found] == ["pass", "error", "error"]
    assert "n of this output is not a whole number" in found[1].why
    assert "too large" in found[2].why


def test_whatever_is_not_true_or_false_is_an_error_with_a_line() -> None:
    assert "returned INTEGER, neither" in why("length(reply)::INTEGER")
    assert "returned VARCHAR, neither" in why("reply")
    assert "NULL" in why("NULL::BOOLEAN")
    assert "coalesce" in why("nullif(lang, 'en') = 'fr'")
    assert "at: length(reply, 5)" in why("length(reply, 5) > 1")
    assert "Could not convert string" in why("reply::INTEGER > 1")
    assert "no column 'colour'" in why("colour = 'red'")
    assert "may not call getenv" in why("getenv('HOME') = ''")


def test_an_error_on_one_output_leaves_the_others() -> None:
    found = run("reply::INTEGER > 1", [Output("p", "2"), Output("p", "two"), Output("p", "0")])
    assert [one.verdict for one in found] == ["pass", "error", "fail"]


def test_one_that_takes_too_long_is_ended_and_the_next_output_is_checked() -> None:
    begun = time.monotonic()
    found = run("length(reply) < 10 OR levenshtein(reply, reverse(reply)) > 1", [LONG, Output("p", "short"), Output("p", "short")])
    assert [one.verdict for one in found] == ["error", "pass", "pass"]
    assert "too slow" in found[0].why
    assert time.monotonic() - begun < 5


def test_a_batch_ends_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql, "SECONDS", 0.3)
    found = run("levenshtein(reply, reverse(reply)) > 1", [LONG] * 6)
    assert {one.verdict for one in found} == {"error"}
    assert "not run: " in found[-1].why


def test_one_that_takes_too_much_memory_is_ended_and_the_dashboard_is_not() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = run(f"length(reply) < 10 OR length({GROWING}) > 3", [Output("p", "w" * 20), Output("p", "short")])
    assert [one.verdict for one in found] == ["error", "pass"]
    assert "too large" in found[0].why
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000, "kilobytes of this process"
    if sys.platform == "linux":
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        assert most < 1_500_000, "kilobytes of any process that a test of this worker started"


def test_a_pattern_that_grows_without_end_elsewhere_is_read_in_time() -> None:
    found = run(r"regexp_matches(reply, '^(\w+\s?)*$') OR regexp_matches(reply, '(a|a?)+b')", [Output("p", "a" * 100_000 + "!")])
    assert found == [Outcome("fail")]


@pytest.mark.usefixtures("unguarded")
def test_without_the_grammar_no_file_is_read_and_none_written(tmp_path: Path) -> None:
    secret, written = tmp_path / "secret.txt", tmp_path / "written"
    secret.write_text("the secret")
    attacks = [
        f"(SELECT content FROM read_text('{secret}')) = 'the secret'", f"EXISTS (FROM read_csv('{secret}'))",
        f"EXISTS (FROM glob('{tmp_path}/*'))", f"EXISTS (FROM '{secret}')", f"EXISTS (FROM read_blob('{secret}'))",
        "EXISTS (FROM read_text('/proc/self/environ'))", "EXISTS (FROM read_text('http://127.0.0.1:9/'))",
        f"true; COPY output TO '{written}'; SELECT true", f"true; ATTACH '{written}'; SELECT true",
        f"true; EXPORT DATABASE '{written}'; SELECT true", "true; INSTALL httpfs; SELECT true", "true; LOAD httpfs; SELECT true",
        "true; SET enable_external_access=true; SELECT true", "true; SET threads=64; SELECT true",
        "true; RESET lock_configuration; SELECT true",
        "getenv('HOME') = ''", "true; PRAGMA enable_profiling='json'; SELECT true", "EXISTS (FROM sql_secret)",
        f"true; PRAGMA profiling_output='{written}'; SELECT true", "true; CREATE PERSISTENT SECRET s (TYPE http); SELECT true",
    ]
    for attack in attacks:
        assert why(attack), attack
    assert list(tmp_path.iterdir()) == [secret]


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("attack", [
    "len(range(1000000000)) > 0", "length(repeat(reply, 300000000)) > 0", "lpad('x', 1000000000, 'y') = 'x'",
    "(WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t) > 0",
    "(SELECT count(*) FROM range(1000000000000)) > 0", "sleep_ms(60000) IS NULL", "printf('%1000000000d', 3) = 'x'",
    "length(list_reduce(list_resize([reply], 60, reply), (a, b) -> a || a)) > 3",
])
def test_without_the_grammar_time_and_memory_still_end(attack: str) -> None:
    begun = time.monotonic()
    assert any(said in why(attack) for said in ("too slow", "too large", "Out of Memory"))
    assert time.monotonic() - begun < 5


@pytest.mark.usefixtures("unguarded")
def test_no_environment_variable_reaches_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    with sql._Process(NOTHING) as process:
        told = Path(f"/proc/{process._process.pid}/environ")
        if not told.exists():
            pytest.skip("no /proc here")
        assert b"a-key" not in told.read_bytes()


def confined(code: str) -> str:
    """What happens in a process that has given up what `confine` gives up, whatever DuckDB would let it do."""
    text = f"import os, socket, subprocess, sys\nsys.path.insert(0, {str(Path(cell.__file__).parent)!r})\nimport cell\n"
    text += f"cell.confine({sql.MEMORY}, 0)\ntry:\n    {code}\n    print('done')\n"
    text += "except BaseException as problem:\n    print(type(problem).__name__)\n"
    ended = subprocess.run([sys.executable, "-P", "-c", text], capture_output=True, text=True, timeout=30, check=False)
    return ended.stdout.strip() or f"ended by {-ended.returncode}"


@pytest.mark.parametrize("code", [
    "open('/etc/hostname').read()", "socket.socket()", "subprocess.run(['true'])", "os.pipe()", "x = bytearray(10**9)", "while True: pass",
    "os.open('/tmp', os.O_RDONLY)",
])
def test_the_operating_system_forbids_it_besides(code: str) -> None:
    assert confined("pass") == "done"
    assert confined(code) in ("OSError", "BlockingIOError", "MemoryError", "ended by 9", "ended by 24"), code


def test_a_process_that_cannot_start_is_told_and_is_no_fault_of_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(PlumblineError, match="did not start"):
        run("true", ONE)


def test_nothing_is_left_running() -> None:
    with sql._Process(NOTHING) as process:
        pid = process._process.pid
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
