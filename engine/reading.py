"""Readers: from the words of a reply to a `Reading`.

A reader prefers `unread` to a guess. Refusals are looked for only where no answer was found, so that
"I would rather not, but B" is a B.
"""

import re
from collections.abc import Mapping

from engine.conversation import Reader, Reading

_REFUSAL = re.compile(
    r"\b(i(?:'m| am) (?:sorry|not able|unable)|i (?:can(?:no|')t|cannot|won't|will not|must decline|"
    r"do not wish|don't (?:want|feel comfortable)|would rather not|refuse|decline)\b|as an ai\b|"
    r"i do(?:n't| not) (?:have|hold) (?:personal|my own|any)|it would be inappropriate|unable to (?:answer|choose|rate))",
    re.IGNORECASE,
)
_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_SAID = r"(?:answer|choice|option|rating|choose|chose|pick|select|go with|stay with|keep)\w*"


def clean(reply: str) -> str:
    """The reply without hidden thinking, markdown emphasis and typographic apostrophes."""
    return re.sub(r"[*_`#>]+", "", _THINKING.sub("", reply)).replace("\u2019", "'").strip()


def _without_answer(said: str) -> Reading:
    return Reading("refusal" if _REFUSAL.search(said) else "unread", text=said)


def _find(said: str, token: str) -> str | None:
    """The one token a reply settles on: alone, leading with a mark, on a line of its own, or announced."""
    alone = re.fullmatch(rf"\W*({token})\W*", said)
    leading = re.match(rf"\(?({token})(?:\)|[.:,;]|\s+[-\u2013\u2014])(?!\w)", said)
    if found := alone or leading:
        return found.group(1)
    lines = {m.group(1) for line in said.splitlines() if (m := re.fullmatch(rf"\W*({token})\W*", line))}
    told = re.findall(rf"(?i:\b{_SAID})(?:\s+(?i:is|would be|option|letter|number))*\s*[:=]?\s*[\"'(]?({token})\b(?![\w'])", said)
    for named in (lines, set(told)):
        if len(named) == 1:
            return named.pop()
    return None


def one_of(letters: Mapping[str, str]) -> Reader:
    """A reader of one letter out of several.

    `letters` maps each letter shown to the option's key, e.g. `{"A": "deontology", …}`. Two different
    letters announced in one reply leave it `unread`.
    """
    token = f"[{''.join(letters)}]"

    def read(reply: str) -> Reading:
        said = clean(reply)
        letter = _find(said, token) or (_find(said.upper(), token) if len(said) <= 4 else None)
        return Reading("choice", choice=letters[letter], text=reply) if letter else _without_answer(said)

    return read


def rating(low: int, high: int) -> Reader:
    """A reader of a whole number from `low` to `high` (single digits)."""
    token = f"(?<![\\d.,])[{low}-{high}](?![\\d]|[.,/]\\d)"

    def read(reply: str) -> Reading:
        said = clean(reply)
        number = _find(said, token)
        if number is None and len(every := set(re.findall(token, said))) == 1 and len(said) < 60:
            number = every.pop()
        return Reading("rating", number=float(number), text=reply) if number else _without_answer(said)

    return read


def free_text(reply: str) -> Reading:
    """Any words count as an answer; none do not; a refusal stays a refusal."""
    said = clean(reply)
    if not said:
        return Reading("unread", text=reply)
    if len(said) < 300 and _REFUSAL.match(said):
        return Reading("refusal", text=reply)
    return Reading("text", text=reply)
