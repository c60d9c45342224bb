"""The few statements that the journal makes, read once and done on tables of Python; any other stops the story."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from binance_gift_card._runtime.journal.store import COLUMNS, TakenError

Row = dict[str, Any]
Table = dict[int, Row]
Undo = list[tuple[Table, int, "Row | None"]]
"""What a transaction changed: table, key, and the row as it was."""

TABLES: Mapping[str, tuple[str, ...]] = {
    "entries": (*COLUMNS, "claim", "open"),
    "events": ("entry", "at", "before", "state", "reason", "who"),
    "facts": ("name", "value"),
}
_SELECT = re.compile(r"SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY (number|at, entry))?(?: LIMIT (\d+))?")
_UPDATE = re.compile(r"UPDATE (\w+) SET (.+?) WHERE (.+)")
_INSERT = re.compile(r"INSERT INTO (\w+) \(([^)]+)\) VALUES \(([^)]+)\)")
_UPSERT = re.compile(r"INSERT INTO facts \(name, value\) VALUES \((.+?), :value\) ON CONFLICT .* SET value = :value")
_VALUE = re.compile(r":(\w+)|'([^']*)'|(\d+)|(NULL)")
_TERM = re.compile(
    r"(?P<name>\w+) (?P<sign>=|<>|<|>) (?P<value>:\w+|'[^']*'|\d+)|(?P<member>\w+) IN \((?P<among>[^)]*)\)"
    r"|(?P<word>\(|\)|AND\b|OR\b| )"
)
_BY_NUMBER = re.compile(r"number = :(\w+)(?: AND|$)")
_SIGNS = {"=": "==", "<>": "!=", "<": "<", ">": ">"}


class UnknownStatementError(BaseException):
    """A statement that nobody taught the tables; no flow may take it for an error of the journal."""


class Tables:
    """What a disk holds, as SQLite would see it."""

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {name: {} for name in TABLES}

    def do(self, statement: str, values: Mapping[str, Any], undo: Undo) -> Any:
        """Rows of a SELECT, a number of rows of an UPDATE, the new number of an INSERT."""
        return _read(statement)(self.tables, values, undo)


Deed = Callable[[dict[str, Table], Mapping[str, Any], Undo], Any]


@cache
def _read(statement: str) -> Deed:
    for form, build in ((_SELECT, _select), (_UPDATE, _update), (_UPSERT, _upsert), (_INSERT, _insert)):
        found = form.fullmatch(statement)
        if found is not None:
            return build(*found.groups())
    raise UnknownStatementError(statement)


def _select(columns: str, table: str, where: str | None, order: str | None, limit: str | None) -> Deed:
    names = columns.split(", ")
    _check(table, names)
    found = _finder(table, where)
    get = itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)
    most = int(limit) if limit is not None else None

    def do(tables: dict[str, Table], values: Mapping[str, Any], undo: Undo) -> list[Any]:
        rows = [row for _, row in found(tables[table], values)]
        if order == "at, entry":
            rows.sort(key=itemgetter("at", "entry"))
        return [get(row) for row in rows[:most]]

    return do


def _update(table: str, assignments: str, where: str) -> Deed:
    pairs = [assignment.split(" = ") for assignment in assignments.split(", ")]
    _check(table, [name for name, _ in pairs])
    new = _eval(f"lambda v: {{{', '.join(f'{name!r}: {_value(text)}' for name, text in pairs)}}}")
    found = _finder(table, where)

    def do(tables: dict[str, Table], values: Mapping[str, Any], undo: Undo) -> int:
        rows = list(found(tables[table], values))
        for number, row in rows:
            changed = new(values)
            _check_claim(tables[table], number, changed.get("claim"))
            undo.append((tables[table], number, dict(row)))
            row.update(changed)
        return len(rows)

    return do


def _insert(table: str, columns: str, given: str) -> Deed:
    names = columns.split(", ")
    _check(table, names)
    pairs = zip(names, given.split(", "), strict=True)
    new = _eval(f"lambda v: {{{', '.join(f'{name!r}: {_value(text)}' for name, text in pairs)}}}")
    empty = dict.fromkeys(TABLES[table])

    def do(tables: dict[str, Table], values: Mapping[str, Any], undo: Undo) -> int:
        rows = tables[table]
        row = empty | new(values)
        _check_claim(rows, 0, row.get("claim"))
        number = max(rows, default=0) + 1
        if table == "entries":
            row["number"] = number
        rows[number] = row
        undo.append((rows, number, None))
        return number

    return do


def _upsert(name: str) -> Deed:
    wanted = _eval(f"lambda v: {_value(name)}")

    def do(tables: dict[str, Table], values: Mapping[str, Any], undo: Undo) -> int:
        rows = tables["facts"]
        number = next((number for number, row in rows.items() if row["name"] == wanted(values)), len(rows) + 1)
        undo.append((rows, number, rows.get(number)))
        rows[number] = {"name": wanted(values), "value": values["value"]}
        return 1

    return do


def _finder(table: str, where: str | None) -> Callable[[Table, Mapping[str, Any]], Any]:
    if where is None:
        return lambda rows, values: rows.items()
    fits = _condition(table, where)
    by_number = _BY_NUMBER.match(where) if " OR " not in where else None
    if by_number is None:
        return lambda rows, values: [item for item in rows.items() if fits(item[1], values)]
    name = by_number[1]

    def one(rows: Table, values: Mapping[str, Any]) -> Any:
        row = rows.get(values[name])
        return [(values[name], row)] if row is not None and fits(row, values) else []

    return one


def _condition(table: str, where: str) -> Callable[[Row, Mapping[str, Any]], bool]:
    """NULL is neither equal, nor less, nor more; nothing is negated, so it may count as false."""
    words, place = [], 0
    while place < len(where):
        term = _TERM.match(where, place)
        if term is None:
            raise UnknownStatementError(where)
        place = term.end()
        if term["word"]:
            words.append(term["word"].lower())
            continue
        _check(table, [term["name"] or term["member"]])
        if term["member"]:
            words.append(f"(r[{term['member']!r}] in ({term['among']},))")
            continue
        mine, theirs = f"r[{term['name']!r}]", _value(term["value"])
        there = f"{mine} is not None" + (f" and {theirs} is not None" if term["value"][0] == ":" else "")
        words.append(f"({there} and {mine} {_SIGNS[term['sign']]} {theirs})")
    return _eval(f"lambda r, v: {' '.join(words)}")


def _value(text: str) -> str:
    found = _VALUE.fullmatch(text)
    if found is None:
        raise UnknownStatementError(text)
    return (
        f"v[{found[1]!r}]" if found[1] is not None else repr(found[2]) if found[2] is not None else found[3] or "None"
    )


def _eval(source: str) -> Any:
    return eval(source)


def _check(table: str, names: list[str]) -> None:
    if table not in TABLES or not set(names) <= set(TABLES[table]):
        raise UnknownStatementError(f"{table} ({', '.join(names)})")


def _check_claim(rows: Table, number: int, claim: Any) -> None:
    """The index that is unique."""
    if claim is not None and any(row["claim"] == claim for other, row in rows.items() if other != number):
        raise TakenError
