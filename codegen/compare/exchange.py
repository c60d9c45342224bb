"""Compare one operation: what the caller sends, and what it is answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.compare.aspects import Pair, Spread
from codegen.compare.changes import Changes
from codegen.compare.layout import is_same_layout, layout
from codegen.compare.lifecycle import compare_lifecycle
from codegen.compare.operation import Operation, content_of, headers_of, is_required, parameters_of, written
from codegen.compare.rules import Direction
from codegen.compare.schemas import Schemas
from codegen.compare.security import SchemeNames, compare_requirements
from codegen.compare.servers import compare_operation_servers
from codegen.compare.shape import shape
from codegen.compare.side import Node, Side
from codegen.compare.words import listed
from codegen.extensions.registry import OF_OPERATIONS

FORM = "application/x-www-form-urlencoded"
_REMARKS = ("summary", "description", "tags", "externalDocs", "example", "examples")
OTHER_WAY: Mapping[Direction, Direction] = {"request": "response", "response": "request"}


@dataclass(frozen=True)
class Exchange:
    """Compares two operations."""

    old_side: Side
    new_side: Side
    schemas: Schemas
    scheme_names: SchemeNames
    changes: Changes
    old: Operation
    new: Operation
    sent: Direction
    """The direction of what the caller sends, seen from the client."""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.new.name

    def compare(self) -> None:
        """Compare every part."""
        self._compare_marks()
        self._compare_parameters()
        self._compare_body()
        self._compare_answers()
        old, new = (self.old_side, self.old.node), (self.new_side, self.new.node)
        compare_requirements(self.changes, self.name, self.scheme_names, old, new)
        compare_operation_servers(
            self.changes,
            self.name,
            (self.old_side, self.old.item, self.old.node),
            (self.new_side, self.new.item, self.new.node),
        )

    def _say(
        self, rule: str, where: str = "", detail: str = "", old: Node | None = None, new: Node | None = None
    ) -> None:
        subject = f"{self.name}: {where}" if where else self.name
        self.changes.add(rule, subject, detail, old=old.pointer if old else None, new=new.pointer if new else None)

    def _compare_schemas(self, old: Node, new: Node, where: str, direction: Direction, spread: Spread = "") -> None:
        pair = Pair(old, new, f"{self.name}: {where}", spread=spread)
        self.schemas.compare(pair, direction, self.name, self.changes)

    def _compare_remarks(self, where: str, old: Node, new: Node) -> None:
        keys = [key for key in _REMARKS if _remark(old, key) != _remark(new, key)]
        if keys:
            self._say("documentation-changed", where, listed(keys), old, new)

    def _compare_required(self, kind: str, where: str, old: Node, new: Node) -> None:
        if is_required(old) != is_required(new):
            self._say(f"{kind}-became-{'required' if is_required(new) else 'optional'}", where, "", old, new)

    def _compare_marks(self) -> None:
        old, new = self.old.node, self.new.node
        before, after = old.fields, new.fields
        self._compare_remarks("", old, new)
        compare_lifecycle(self.changes, self.name, before, after, old.pointer, new.pointer)
        if self.old.id != self.new.id:
            self._say("operation-id-changed", "", f"{self.old.id or 'none'} → {self.new.id or 'none'}", old, new)
        for extension in OF_OPERATIONS:
            for change in extension.compare(before, after):
                self._say(change.rule, "", change.detail, old, new)

    def _compare_parameters(self) -> None:
        before = parameters_of(self.old_side, self.old)
        after = parameters_of(self.new_side, self.new)
        is_unread = any(parameter.is_unread for parameter in before.values())
        before = {key: parameter for key, parameter in before.items() if not parameter.is_unread}
        gone, come = dict(before), dict(after)
        for key in [key for key in before if key in after]:
            self._compare_parameter(_shown(after[key]), gone.pop(key), come.pop(key))
        for key, parameter in list(gone.items()):
            name = parameter.fields.get("name")
            elsewhere = next((other for other, node in come.items() if node.fields.get("name") == name), None)
            if elsewhere is not None and key[0] != "path" != elsewhere[0]:
                other = come.pop(elsewhere)
                detail = f"{key[0]} → {elsewhere[0]}"
                self._say("parameter-moved", _shown(other), detail, gone.pop(key), other)
        for parameter in gone.values():
            self._say("parameter-removed", _shown(parameter), "", parameter, None)
        for parameter in () if is_unread else come.values():  # it may be the one that could not be read
            rule = "required-parameter-added" if is_required(parameter) else "parameter-added"
            self._say(rule, _shown(parameter), "", None, parameter)

    def _compare_parameter(self, where: str, old: Node, new: Node) -> None:
        self._compare_required("parameter", where, old, new)
        compare_lifecycle(self.changes, f"{self.name}: {where}", old.fields, new.fields, old.pointer, new.pointer)
        self._compare_remarks(where, old, new)
        if bool(old.fields.get("allowEmptyValue")) != bool(new.fields.get("allowEmptyValue")):
            allowed = bool(new.fields.get("allowEmptyValue"))
            rule = "parameter-empty-value-allowed" if allowed else "parameter-empty-value-forbidden"
            self._say(rule, where, "", old, new)
        old_type, old_schema = written(old)
        new_type, new_schema = written(new)
        if old_schema.value is None:
            return  # the document does not say
        if old_type != new_type:
            self._say("parameter-media-type-changed", where, f"{old_type or 'text'} → {new_type or 'text'}", old, new)
            return
        before, after = layout(old), layout(new)
        if new_type is None and before != after:
            forms = shape(self.old_side, old_schema), shape(self.new_side, new_schema)
            if not is_same_layout(before, after, forms):
                self._say("parameter-style-changed", where, f"{listed(before)} → {listed(after)}", old, new)
        spread: Spread = "value" if new_type is None and after[:2] == ("form", "exploded") else ""
        self._compare_schemas(old_schema, new_schema, where, self.sent, spread)

    def _compare_body(self) -> None:
        old = self.old_side.land(self.old.node.child("requestBody"))
        new = self.new_side.land(self.new.node.child("requestBody"))
        if old.is_unread:
            return
        if not old.fields or not new.fields:
            if new.fields:
                required = new.fields.get("required") is True
                self._say("required-request-body-added" if required else "request-body-added", "body", "", None, new)
            elif old.fields:
                self._say("request-body-removed", "body", "", old, None)
            return
        self._compare_required("request-body", "body", old, new)
        self._compare_remarks("body", old, new)
        self._compare_content("request", "body", old, new, self.sent)

    def _compare_content(self, whose: str, where: str, old: Node, new: Node, direction: Direction) -> None:
        if old.child("content").is_unread:
            return
        before, after = content_of(old), content_of(new)
        for media_type in sorted(before.keys() | after.keys()):
            one, other = before.get(media_type), after.get(media_type)
            if one is None or other is None:
                rule = f"{whose}-media-type-removed" if one else f"{whose}-media-type-added"
                self._say(rule, where, media_type, one, other)
                continue
            shown = where if len(after) == 1 else f"{where} as {media_type}"
            self._compare_remarks(shown, one, other)
            if whose == "request" and _encodings(one) != _encodings(other):
                self._say("request-part-encoding-changed", shown, "", one, other)
            is_form = media_type == FORM and not other.fields.get("encoding")
            spread: Spread = "fields" if is_form else ""
            self._compare_schemas(one.child("schema"), other.child("schema"), shown, direction, spread)
            if "itemSchema" in one.fields or "itemSchema" in other.fields:  # OpenAPI 3.2: what a stream is made of
                items = one.child("itemSchema"), other.child("itemSchema")
                self._compare_schemas(*items, f"{shown}, each item", direction)

    def _compare_answers(self) -> None:
        before, after = self.old.node.child("responses"), self.new.node.child("responses")
        old_statuses = {key for key in before.fields if not key.startswith("x-")}
        new_statuses = {key for key in after.fields if not key.startswith("x-")}
        for status in sorted(old_statuses | new_statuses):
            kind = "success" if status[:1] in "23" else "error"
            was, now = _covering(status, old_statuses), _covering(status, new_statuses)
            if was is not None and now is not None:
                old, new = self.old_side.land(before.child(was)), self.new_side.land(after.child(now))
                self._compare_answer(f"answer {status}", old, new)
            elif was is None:
                self._say(f"{kind}-status-added", "", status, None, after.child(status))
            elif any(_covering(other, {status}) for other in new_statuses):
                self._say("status-narrowed", "", status, before.child(status), None)
            else:
                self._say(f"{kind}-status-removed", "", status, before.child(status), None)

    def _compare_answer(self, where: str, old: Node, new: Node) -> None:
        if old.is_unread:
            return
        self._compare_remarks(where, old, new)
        self._compare_content("response", where, old, new, OTHER_WAY[self.sent])
        before, after = headers_of(self.old_side, old), headers_of(self.new_side, new)
        for name in sorted(before.keys() | after.keys()):
            self._compare_header(f"{where}, header {name}", before.get(name), after.get(name))

    def _compare_header(self, where: str, old: Node | None, new: Node | None) -> None:
        if old is None or new is None:
            if old is None:
                self._say("response-header-added", where, "", None, new)
            else:
                rule = "required-response-header-removed" if is_required(old) else "response-header-removed"
                self._say(rule, where, "", old, None)
            return
        if old.is_unread:
            return
        self._compare_required("response-header", where, old, new)
        self._compare_remarks(where, old, new)
        compare_lifecycle(self.changes, f"{self.name}: {where}", old.fields, new.fields, old.pointer, new.pointer)
        self._compare_schemas(written(old)[1], written(new)[1], where, OTHER_WAY[self.sent])


def _covering(status: str, statuses: set[str]) -> str | None:
    """The status itself, or the range, ``2XX``, that it is in."""
    return next((one for one in (status, f"{status[:1]}XX") if one in statuses), None)


def _remark(node: Node, key: str) -> Any:
    value = node.fields.get(key)
    return sorted(map(str, value)) if key == "tags" and isinstance(value, list) else value or None


def _shown(parameter: Node) -> str:
    return f"{parameter.fields.get('in')} parameter {parameter.fields.get('name')}"


def _encodings(media: Node) -> Mapping[str, Any]:
    return {name: said for name, said in media.child("encoding").fields.items() if said}
