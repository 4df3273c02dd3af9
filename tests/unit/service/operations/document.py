"""What the OpenAPI document promises of each operation, and whether an answer keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import httpx2
from jsonschema import Draft202012Validator

DOCUMENT: Final[dict[str, Any]] = json.loads(Path("generated/openapi.json").read_text())
METHODS: Final = ("get", "post", "put", "patch", "delete")
EVENT_STREAM: Final = "text/event-stream"


def resolved(part: Any) -> Any:
    """Follow references, and take apart what is all of one."""
    while isinstance(part, dict):
        if "$ref" in part:
            found: Any = DOCUMENT
            for step in part["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            part = found
        elif len(part.get("allOf", ())) == 1:
            part = part["allOf"][0]
        else:
            break
    return part


@dataclass(frozen=True)
class Operation:
    """An operation, as the document has it."""

    name: str
    method: str
    path: str
    described: Mapping[str, Any]

    @cached_property
    def statuses(self) -> frozenset[int]:
        return frozenset(int(status) for status in self.described["responses"])

    @property
    def attributes(self) -> frozenset[str]:
        """The attributes that it requires; none if every known caller may do it."""
        requires = self.described["x-requires"]
        return frozenset() if isinstance(requires, str) else frozenset(*requires.values())

    @property
    def ticket(self) -> str | None:
        """The cookie of the ticket that opens it, and nothing else does."""
        schemes = [name for each in self.described["security"] for name in each]
        if "bearer" in schemes:
            return None
        cookie: str = DOCUMENT["components"]["securitySchemes"][schemes[0]]["name"]
        return cookie

    @property
    def query(self) -> dict[str, Any]:
        parameters = map(resolved, self.described.get("parameters", ()))
        return {
            each["name"]: resolved(each["schema"]) for each in parameters if each["in"] == "query"
        }

    @property
    def body(self) -> dict[str, Any] | None:
        """The schema of its body."""
        if "requestBody" not in self.described:
            return None
        body = resolved(self.described["requestBody"])
        schema: dict[str, Any] = resolved(body["content"]["application/json"]["schema"])
        return schema

    def check(self, answer: httpx2.Response) -> None:
        """Hold an answer against the document: its status, headers, media type and body."""
        assert answer.status_code in self.statuses, f"{answer.status_code} is not documented"
        promised = resolved(self.described["responses"][str(answer.status_code)])
        for name, header in promised.get("headers", {}).items():
            assert name in answer.headers or not header.get("required"), f"{name} is missing"
            if name in answer.headers:
                self._valid(header["schema"], _typed(answer.headers[name], header["schema"]))
        if "content" not in promised:
            assert answer.content == b""
            assert "content-type" not in answer.headers
            return
        media_type = answer.headers["content-type"].partition(";")[0]
        assert media_type in promised["content"], f"{media_type} is not documented"
        if media_type == "application/json":
            self._valid(promised["content"][media_type]["schema"], answer.json())

    def _valid(self, schema: Mapping[str, Any], value: object) -> None:
        whole = {**schema, "components": DOCUMENT["components"]}
        mistakes = list(Draft202012Validator(whole).iter_errors(value))
        assert not mistakes, mistakes


def _typed(text: str, schema: Mapping[str, Any]) -> object:
    return int(text) if schema.get("type") == "integer" else text


def _operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method in METHODS:
            if method in methods:
                described = methods[method]
                service = described["tags"][0]
                name = described["operationId"].removeprefix(f"{service}_")
                yield Operation(name, method.upper(), path, described)


OPERATIONS: Final = {operation.name: operation for operation in _operations()}


def twin(operation: Operation) -> Operation:
    """Return the operation that issues the tickets for another."""
    [found] = (
        other
        for other in OPERATIONS.values()
        if other.path == operation.path and other.method == "POST"
    )
    return found
