"""Readers: from the words of a reply to a `Reading`.

A reader prefers `unread` to a guess. Refusals are looked for only where no answer was found, so that
"I would rather not, but B" is a B.
"""

import re
from collections.abc import Mapping, Sequence

from engine.conversation import Reader, Reading

_REFUSAL = re.compile(
    r"\b(i(?:'m| am) (?:sorry|not able|unable)|i (?:can(?:no|')t|cannot|won't|will not|must decline|"
    r"do not wish|don't (?:want|feel comfortable)|would rather not|refuse|decline)\b|as an ai\b|"
    r"i do(?:n't| not) (?:have|hold) (?:personal|my own|any)|it would be inappropriate|unable to (?:answer|choose|rate))",
    re.IGNORECASE,
)
_NOT_COMPARED = re.compile(
    r"\b(?:i(?:'m| am) (?:not (?:able|willing|going|prepared|comfortable)|unable|unwilling)|"
    r"i (?:can(?: ?not|'t)|(?:wo|would|should|do)n't|(?:will|would|should|do) not|refuse|(?:must )?decline|prefer not)|"
    r"i(?:'d| would) (?:rather|prefer) not|(?:nobody|no one) should|(?:we|one) should(?: not|n't)|"
    r"it(?:'s| is| would be) (?:wrong|inappropriate|not (?:right|appropriate|my place|for me))|"
    r"it isn't (?:right|appropriate|my place|for me))"
    r"(?:,?\s+(?!(?:mind|hesitate|object|but|only|just|wrong)\b)\w+){0,4}?,?\s+"
    r"(?:(?:rank|weigh|grad|scor|compar)(?:e|ing)?|choos(?:e|ing) between)\b|"
    r"\b(?:should|must|can) ?(?:not|never) be (?:ranked|weighed|graded|scored|compared)\b",
    re.IGNORECASE,
)
_NEITHER = re.compile(
    r"\W*(?:neither|none)(?: of (?:them|these|those|the two)| option| rule)?(?: always)?(?: comes first)?\s*(?:[.:;!\u2014]|$)",
    re.IGNORECASE,
)
"""The answer that declines, begun in its own words and without its letter."""
_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_ENTRY = re.compile(r"(?:[-*\u2022\u2013]|\d{1,2}[.)])\s+(\S.*)")
_NONE = re.compile(r"(?:none|no norms?)(?: (?:is|are))?(?: stated)?\b\W*", re.IGNORECASE)
_VERDICT = re.compile(r"[^\w\n]{0,9}(\d{1,3})\s{0,9}[:.)=\u2013-]{1,3}(.*)")
LONGEST = 50_000
"""Characters of a reply that are read: a judge's parts are short, and a reply without end must not hold up a run."""
_SAID = r"(?:answer|choice|option|rating|choose|chose|pick|select|go with|stay with|keep)\w*"


def spoken(reply: str) -> str:
    """The reply without hidden thinking."""
    closed = reply.lower().rfind("</think")  # beyond it nothing can be closed, and looking for an end would take long
    closed = len(reply) - len(reply[closed:].partition(">")[2]) if closed >= 0 else 0
    return (_THINKING.sub("", reply[:closed]) + reply[closed:]).strip()


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
    told = re.findall(rf"(?i:\b{_SAID})(?:\s+(?i:is|would be|option|letter|number))*\s*(?:[:=]\s*)?[\"'(]?({token})\b(?![\w'])", said)
    for named in (lines, set(told)):
        if len(named) == 1:
            return named.pop()
    return None


def lettered(names: Sequence[str], turn: int) -> dict[str, str]:
    """Which name each letter stands for, in their order from the `turn`-th on and round again."""
    turn %= len(names)
    return dict(zip("ABCDEFGH", [*names[turn:], *names[:turn]], strict=False))


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


def one_of_or_declined(letters: Mapping[str, str], declining: str) -> Reader:
    """A reader as `one_of`, for a question to which not comparing is an answer: saying so in words, without a letter, is `declining` too.

    Other refusals stay refusals: "I can't help with that" says nothing about comparing.
    """
    letter = one_of(letters)

    def read(reply: str) -> Reading:
        found = letter(reply)
        if found.kind not in ("refusal", "unread"):
            return found
        said = clean(reply[:LONGEST])
        return Reading("choice", choice=declining, text=reply) if _NOT_COMPARED.search(said) or _NEITHER.match(said) else found

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
    """A list, one entry a line with a dash, a bullet or a number before it, or the word NONE (alone, or first and no list after it).

    `text` holds the entries, one a line; `number` counts them.
    """
    lines = [line.strip() for line in spoken(reply[:LONGEST]).splitlines() if line.strip()]
    found = [match.group(1) for line in lines if (match := _ENTRY.match(line))]
    entries = [clean(entry) for entry in found]
    stated = [entry for entry in entries if not _NONE.fullmatch(entry)]
    if not stated and (entries or (lines and (_NONE.fullmatch(clean(lines[0])) or re.match(r"NONE\b", clean(lines[0]))))):
        return Reading("text", number=0.0, text="")
    if not entries or not all(entries):
        return _without_answer(clean(reply[:LONGEST]))
    return Reading("text", number=float(len(entries)), text="\n".join(entries))


def verdicts(entries: int, allowed: Mapping[str, str]) -> Reader:
    """A reader of one verdict for each of so many numbered entries, written `number: verdict` on a line each; a remark may follow.

    `allowed` maps a verdict as written (small letters) to its meaning. `text` holds the meanings in the order of the entries, joined
    by `, `. An entry without a verdict, or a line with two, or a number beyond the entries leaves the whole reply `unread`.
    """

    def read(reply: str) -> Reading:
        said = clean(reply[:LONGEST])
        told: dict[int, set[str]] = {}
        for line in said.splitlines():
            if match := _VERDICT.match(line):
                words = {word for word in re.findall(r"\w+", match.group(2).lower()) if word in allowed}
                told.setdefault(int(match.group(1)), set()).update(words or {""})
        found = [told.get(number, set()) for number in range(1, entries + 1)]
        if len(told) != entries or any(len(one) != 1 or not one <= set(allowed) for one in found):
            return _without_answer(said)
        return Reading("text", text=", ".join(allowed[one.pop()] for one in found))

    return read
