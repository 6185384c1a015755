"""What an assertion's `content` holds, and what it is in words.

sql: `expression`, and the `columns` it may use with what they hold. judge: `model`; `criterion` (its text, as it read when the assertion
was written), `wording`, `guidance`, and `examples` (a list of output, question, reply, passes), all but the model may be missing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from engine.checks.judge import Example, JudgeCheck, mark
from engine.problems import UsageError

PLACES = ("[[PROMPT]]", "[[REPLY]]", "[[MARK]]")
"""What stands for the question, the reply and the number around them in a judge's prompt that is written out."""


def sql_content(expression: str, columns: Mapping[str, str]) -> dict[str, Any]:
    """The content of an SQL check."""
    return {"expression": expression, "columns": dict(columns)}


def judge_content(model: str, check: JudgeCheck) -> dict[str, Any]:
    """The content of a judge check."""
    told = {"model": model, "criterion": check.criterion, "wording": check.wording, "guidance": check.guidance}
    return {**told, "examples": [asdict(one) for one in check.examples]}


def judge_check(content: Mapping[str, Any], criterion: str) -> JudgeCheck:
    """The judge check of a content; `criterion` is the text where the content has none.

    Raises `UsageError` for a wording that there is not, texts that are too long, or examples that cannot be read.
    """
    try:
        examples = tuple(
            Example(str(one["output"]), str(one["question"]), str(one["reply"]), bool(one["passes"]))
            for one in content.get("examples") or ()
        )
    except (KeyError, TypeError) as problem:
        raise UsageError(f"an example of this judge cannot be read ({problem}); write the judge anew") from None
    return JudgeCheck(
        str(content.get("criterion") or criterion), str(content.get("wording") or "verdict"), str(content.get("guidance") or ""), examples
    )


def in_words(kind: str, content: Mapping[str, Any]) -> str:
    """What an assertion is, in a line."""
    if kind == "sql":
        return f"SQL: {' '.join(str(content.get('expression', '')).split())}"
    examples: Sequence[Any] = content.get("examples") or ()
    guidance = " ".join(str(content.get("guidance") or "").split())
    parts = [
        f"{content.get('model') or 'a judge without a model'}, asked for '{content.get('wording') or 'verdict'}'",
        f"more exactly: {guidance}" if guidance else "", f"with {len(examples)} graded examples" if examples else "",
    ]
    return "; ".join(part for part in parts if part)


def written_out(content: Mapping[str, Any], criterion: str) -> str:
    """What a judge is asked, with `PLACES` in place of the question, the reply and the number on the marks around them."""
    if told := content.get("prompt"):
        return str(told)
    check = judge_check(content, criterion)
    text = next(check.conversation(*PLACES[:2])).text
    return text.replace(mark(*PLACES[:2], *(part for one in check.examples for part in (one.question, one.reply))), PLACES[2])
