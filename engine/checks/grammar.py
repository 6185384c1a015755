"""Which SQL expressions are taken as checks: what is in the text is decided before any of it is run.

DuckDB's own parser reads the text (`json_serialize_sql`, which binds and runs nothing). Taken is one expression over the columns of
one output; what may stand in it is listed, and everything else is refused, so that what a later DuckDB adds is refused too.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, cast

import duckdb

from engine.problems import UsageError

TABLE = "output"
"""What the one row is called in the statement that is run."""
LONGEST = 2_000
"""Characters of an expression."""
_SELECT = "SELECT "
_RUN = re.compile(r"[-+*/<>=~!@#%^&|`?]{100}")
"""DuckDB's lexer takes cubic time over such runs: 7 s for 2,000 plus signs (measured, 1.5.5)."""

FUNCTIONS: Mapping[str, tuple[str, ...]] = {
    "text": (
        "length", "len", "strlen", "char_length", "character_length", "length_grapheme", "lower", "lcase", "upper", "ucase", "trim",
        "ltrim", "rtrim", "left", "right", "left_grapheme", "right_grapheme", "substring", "substr", "substring_grapheme", "position",
        "instr", "strpos", "contains", "starts_with", "prefix", "ends_with", "suffix", "replace", "translate", "reverse", "concat",
        "concat_ws", "string_split", "str_split", "split", "string_to_array", "split_part", "string_split_regex", "str_split_regex",
        "strip_accents", "nfc_normalize", "ascii", "ord", "unicode", "chr", "md5", "sha256", "like_escape", "ilike_escape",
        "not_like_escape", "not_ilike_escape",
    ),
    "patterns": (
        "regexp_matches", "regexp_full_match", "regexp_extract", "regexp_extract_all", "regexp_replace", "regexp_escape",
    ),
    "likeness": ("levenshtein", "damerau_levenshtein", "hamming", "jaccard", "jaro_similarity", "jaro_winkler_similarity"),
    "numbers": (
        "abs", "round", "floor", "ceil", "ceiling", "trunc", "sign", "sqrt", "ln", "log", "log10", "log2", "exp", "pow", "power", "mod",
        "add", "subtract", "multiply", "divide", "greatest", "least", "isnan", "isinf", "isfinite",
    ),
    "lists": (
        "list_value", "list_pack", "list_contains", "list_has", "array_contains", "list_has_any", "list_has_all", "list_position",
        "list_indexof", "list_distinct", "list_unique", "list_sort", "list_reverse", "list_intersect", "list_concat", "list_slice",
        "list_extract", "list_element", "array_length", "array_to_string", "list_sum", "list_avg", "list_min", "list_max", "list_count",
        "list_bool_and", "list_bool_or", "list_filter", "list_transform", "list_apply", "filter", "apply", "flatten", "element_at", "map",
        "map_keys", "map_values", "cardinality", "row", "struct_pack", "struct_extract",
    ),
    "JSON": (
        "json", "json_valid", "json_type", "json_array_length", "json_keys", "json_contains", "json_exists", "json_extract",
        "json_extract_path", "json_extract_string", "json_extract_path_text", "json_value", "json_structure", "to_json",
    ),
    "dates": (
        "strptime", "try_strptime", "strftime", "date_part", "datepart", "date_diff", "datediff", "date_trunc", "make_date", "year",
        "month", "day", "dayofweek", "hour", "minute", "to_years", "to_months", "to_weeks", "to_days", "to_hours",
        "to_minutes", "to_seconds",
    ),
    "either": ("nullif", "typeof"),
}
"""The functions that a check may call, by what they are for: each gives the same for the same text, on any day and machine."""
OPERATORS = frozenset({
    "+", "-", "*", "/", "//", "%", "**", "^", "||", "~", "~~", "~~*", "!~~", "!~~*", "~~~", "^@", "->>", "@>", "<@", "&&", "&", "|",
})
_CALLED = OPERATORS | {name for names in FUNCTIONS.values() for name in names}
_WITH_STEPS = frozenset({"list_filter", "list_transform", "list_apply", "filter", "apply"})
_CLASSES = frozenset({
    "CONSTANT", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "OPERATOR", "FUNCTION", "BETWEEN", "CASE", "CAST", "COLLATE", "LAMBDA",
})
_NAMED = {
    "SUBQUERY": "a subquery", "WINDOW": "a window", "STAR": "a star", "PARAMETER": "a parameter", "DEFAULT": "DEFAULT",
    "POSITIONAL_REFERENCE": "a column by its number",
}
_NO_OPERATOR = frozenset({"GROUPING_FUNCTION", "OPERATOR_UNPACK"})
_TYPES = frozenset({
    "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL", "VARCHAR", "DATE", "TIME", "TIMESTAMP",
    "INTERVAL", "LIST", "NULL", "INTEGER_LITERAL", "STRING_LITERAL",
})


def statement(expression: str) -> str:
    """The one statement in which an expression is run, and as which it is looked at beforehand."""
    return f"{_SELECT}{expression}\nFROM {TABLE}"


def taken(expression: str, columns: Collection[str]) -> tuple[str, ...]:
    """Look at an expression without running it; returns the columns it uses, in the order of `columns`.

    Capitals do not count in names. Raises `UsageError` with one line that says what cannot be taken, and where.
    """
    if len(expression) > LONGEST:
        raise UsageError(f"the check has {len(expression):,} characters, {LONGEST:,} are the most; shorten it")
    if _RUN.search(expression) or not all(sign.isprintable() or sign in "\t\n\r" for sign in expression):
        raise UsageError("the check holds a hundred signs in a row, or one that cannot be printed; write it plainly")
    try:
        found = _parsed(statement(expression), len(expression))
        chosen = found["node"].pop("select_list", [])
        if _unplaced(found) != _SKELETON or len(chosen) != 1 or chosen[0].get("alias"):
            raise UsageError("a check is one expression: without FROM, WHERE, AS, DISTINCT, commas or semicolons around it")
        used = _Columns(columns)
        used.look(chosen[0], frozenset())
    except RecursionError:
        raise UsageError("the check is nested too deeply; write it flatter") from None
    return tuple(name for name in columns if name.lower() in used.found)


def _parsed(text: str, length: int) -> dict[str, Any]:
    quoted = text.replace("'", "''")
    with duckdb.connect(":memory:", config={"threads": 1, "enable_external_access": False}) as apart:
        try:
            row = apart.execute(f"SELECT json_serialize_sql('{quoted}')").fetchone()
        except duckdb.Error as problem:
            raise UsageError(f"the check cannot be read: {str(problem).splitlines()[0][:200]}") from None
    told: dict[str, Any] = json.loads(row[0]) if row else {}
    if told.get("error") or len(told["statements"]) != 1:
        raise UsageError(_misread(told, length))
    return told["statements"][0]


def _misread(told: Mapping[str, Any], length: int) -> str:
    if not told.get("error") or told.get("error_type") == "not implemented":
        return "a check is one expression, without a semicolon and a second statement"
    place = int(told["position"]) - len(_SELECT) if "position" in told else -1
    if place >= length:
        return "the check ends before it is whole; look for an open bracket or a missing half"
    where = f" (character {place + 1})" if place >= 0 else ""
    return f"the check is not SQL: {str(told['error_message']).splitlines()[0][:200]}{where}"


def _unplaced(told: Any) -> Any:
    """The same without the places in the text."""
    if isinstance(told, dict):
        return {name: _unplaced(one) for name, one in cast(dict[str, Any], told).items() if name != "query_location"}
    if isinstance(told, list):
        return [_unplaced(one) for one in cast(list[Any], told)]
    return told


def _skeleton() -> dict[str, Any]:
    """What is left of a check's statement without its expression: no check may differ from it."""
    found = _parsed(statement("true"), 4)
    found["node"].pop("select_list")
    return _unplaced(found)


_SKELETON = _skeleton()


class _Columns:
    """Goes over an expression, refuses what is not listed, and gathers the columns."""

    def __init__(self, columns: Collection[str]) -> None:
        self._columns = columns
        self._known = {name.lower() for name in columns}
        self.found: set[str] = set()

    def look(self, told: Any, steps: frozenset[str]) -> None:
        """`steps` are the names that a step over a list gives to an element."""
        if isinstance(told, list):
            for one in cast(list[Any], told):
                self.look(one, steps)
        if not isinstance(told, dict):
            return
        node = cast(dict[str, Any], told)
        if "node" in node or "from_table" in node:
            raise UsageError("a check may not hold a subquery")
        if "class" in node:
            steps = self._one(node, steps)
        if node.get("class") == "CONSTANT":
            return
        for name, part in node.items():
            named = _names(part) if name == "lhs" else frozenset[str]()
            if name != "cast_type" and not (named and named <= steps):
                self.look(part, steps)

    def _one(self, node: Mapping[str, Any], steps: frozenset[str]) -> frozenset[str]:
        kind = node["class"]
        if kind not in _CLASSES or node["type"] in _NO_OPERATOR:
            raise UsageError(f"a check may not hold {_NAMED.get(kind, 'such an ' + kind.lower())}{_place(node)}")
        if kind == "COLUMN_REF":
            self._column(node, steps)
        elif kind == "FUNCTION":
            return steps | _call(node)
        elif kind == "CAST":
            _cast(node["cast_type"], node)
        return steps

    def _column(self, node: Mapping[str, Any], steps: frozenset[str]) -> None:
        names = [name.lower() for name in node["column_names"]]
        if names[0] in steps:
            return
        if len(names) > 1 or names[0] not in self._known:
            raise UsageError(f"no column '{'.'.join(node['column_names'])}'{_place(node)}; a check may use {', '.join(self._columns)}")
        self.found.add(names[0])


def _call(node: Mapping[str, Any]) -> frozenset[str]:
    """Refuse a call that is not listed; returns the names it gives to the elements of a list."""
    name = node["function_name"].lower()
    if node["catalog"] or node["schema"] not in ("", "main"):
        raise UsageError(f"write {name}(…) with everything between its brackets, not after a dot{_place(node)}")
    if name not in _CALLED:
        raise UsageError(f"a check may not call {name}{_place(node)}")
    if node["filter"] or node["order_bys"]["orders"] or node["distinct"] or node["export_state"]:
        raise UsageError(f"{name} may not have DISTINCT, ORDER BY or FILTER{_place(node)}")
    given = [child["lhs"] for child in node["children"] if child["class"] == "LAMBDA"] if name in _WITH_STEPS else []
    return frozenset[str]().union(*(_names(one) for one in given))


def _names(told: Any) -> frozenset[str]:
    """The names on the left of a step over a list: one, or several in a row."""
    several: list[Any] = told["children"] if told.get("function_name") == "row" else [told]
    plain = all(one.get("class") == "COLUMN_REF" and len(one["column_names"]) == 1 for one in several)
    return frozenset(one["column_names"][0].lower() for one in several) if plain else frozenset()


def _cast(to: Mapping[str, Any], node: Mapping[str, Any]) -> None:
    info: Mapping[str, Any] = to.get("type_info") or {}
    if to["id"] == "LIST":
        _cast(info["child_type"], node)
    elif to["id"] not in _TYPES and not (info.get("name", "").lower() == "json" and not info["schema"] and not info["catalog"]):
        raise UsageError(f"a check may not turn anything into {info.get('name') or to['id']}{_place(node)}")


def _place(node: Mapping[str, Any]) -> str:
    place = node.get("query_location")
    return f" (character {place - len(_SELECT) + 1})" if isinstance(place, int) and place < 2**32 else ""
