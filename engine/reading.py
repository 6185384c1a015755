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


def spoken(reply: str) -> str:
    """The reply without hidden thinking."""
    return _THINKING.sub("", reply).strip()


def clean(reply: str) -> str:
    """The reply without hidden thinking, markdown emphasis and typographic apostrophes."""
    return re.sub(r"[*_`#>]+", "", spoken(reply)).replace("\u2019", "'").strip()


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


def words(reply: str) -> Reading:
    """Any words count as an answer, a refusal among them: for questions to which declining is one of the answers."""
    return Reading("text" if clean(reply) else "unread", text=reply)


def listed(reply: str) -> Reading:
    """A list, one entry a line with a dash, a bullet or a number before it, or the word NONE.

    `text` holds the entries, one a line; `number` counts them.
    """
    said = spoken(reply)
    if re.fullmatch(r"\W*none\W*", said, re.IGNORECASE):
        return Reading("text", number=0.0, text="")
    entries = [m.group(1) for line in said.splitlines() if (m := re.match(r"\s*(?:[-*\u2022\u2013]|\d{1,2}[.)])\s+(\S.*)", line))]
    entries = [clean(entry) for entry in entries]
    if not entries or not all(entries):
        return _without_answer(clean(reply))
    return Reading("text", number=float(len(entries)), text="\n".join(entries))


def verdicts(entries: int, allowed: Mapping[str, str]) -> Reader:
    """A reader of one verdict for each of so many numbered entries, written `number: verdict` on a line each.

    `allowed` maps a verdict as written (small letters) to its meaning. `text` holds the meanings in the order of the entries, joined
    by `, `. An entry without a verdict, with two, or with one that is not allowed leaves the whole reply `unread`.
    """

    def read(reply: str) -> Reading:
        told: dict[int, set[str]] = {}
        for number, verdict in re.findall(r"^\W*(\d{1,3})\s*[:.)=\u2013-]+\s*(\w+)", clean(reply), re.MULTILINE):
            told.setdefault(int(number), set()).add(verdict.lower())
        found = [told.get(number, set()) for number in range(1, entries + 1)]
        if len(told) != entries or any(len(one) != 1 or not one <= set(allowed) for one in found):
            return _without_answer(clean(reply))
        return Reading("text", text=", ".join(allowed[one.pop()] for one in found))

    return read
