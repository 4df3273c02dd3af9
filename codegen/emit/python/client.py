"""``clients/python/<service>.py``: a service as its callers in Python see it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from codegen.emit.file import File
from codegen.emit.python.imports import Imports
from codegen.emit.python.methods import arguments, operation_doc, result, stream_doc
from codegen.emit.python.parts import error_class, ticket_of, words
from codegen.emit.python.rendering import render
from codegen.emit.python.types import Annotations, tuple_of
from codegen.model import Body, Design, FileContent, JsonContent, Operation, Service, Stream
from codegen.model.names import pascal_case, union_name

_CALL = "runtime.client.call"
_WATCH = "runtime.client.watch"


def emit(design: Design) -> tuple[File, ...]:
    """Write the client of every service."""
    return tuple(_Client(design, service).file() for service in design.services)


class _Client:
    """Prepares the client of one service."""

    def __init__(self, design: Design, service: Service) -> None:
        self.design = design
        self.service = service
        self.package = f"...{service.name}"
        self.name = pascal_case(service.name) + "Client"
        self.imports = Imports(self.name)
        self.annotations = Annotations(
            design=design, imports=self.imports, models=f"{self.package}.models"
        )

    def file(self) -> File:
        """Return the module."""
        header = self.design.api.error_header
        text = render(
            "client",
            doc=f"A client of the {words(self.service.name)} service.",
            name=self.name,
            base=self.imports.add("runtime.client.client", "Client"),
            class_doc=self.service.doc or f"The {words(self.service.name)} service.",
            class_var=self.imports.add("typing", "ClassVar") if header else "",
            error_header=header,
            methods=[
                *(self._operation(each) for each in self.service.operations),
                *(self._stream(each) for each in self.service.streams),
            ],
            imports=self.imports,
        )
        return File(f"clients/python/{self.service.name}.py", text)

    def _operation(self, operation: Operation) -> dict[str, Any]:
        described = {
            "keyword": "async def",
            "name": operation.name,
            "arguments": ["self", *arguments(operation, self.annotations, calling=True)],
            "doc": operation_doc(self.design, operation, emits=False),
            "deprecated": self._deprecated(operation),
        }
        if isinstance(operation.result.content, FileContent):
            return described | self._fetching(operation)
        if operation.issues:
            return described | self._issuing(operation, operation.issues)
        return described | self._calling(operation)

    def _deprecated(self, operation: Operation) -> str | None:
        if not operation.deprecated:
            return None
        mark = self.imports.add("typing_extensions", "deprecated")
        return f"@{mark}({f'{operation.name} is deprecated'!r})"

    def _calling(self, operation: Operation) -> dict[str, Any]:
        returns = result(operation, self.annotations, calling=True)
        statement = f"await self._call({self._call(operation, returns)})"
        return {
            "returns": returns,
            "statement": statement if returns == "None" else f"return {statement}",
        }

    def _issuing(self, operation: Operation, scheme: str) -> dict[str, Any]:
        ticket = f"{self.imports.add(_CALL, 'Ticket')} | None"
        cookie = self.design.scheme_by_name[scheme].cookie
        call = self._call(operation, ticket)
        return {"returns": ticket, "statement": f"return await self._issue({call}, {cookie!r})"}

    def _fetching(self, operation: Operation) -> dict[str, Any]:
        context = self.imports.add("contextlib", "AbstractAsyncContextManager")
        returns = result(operation, self.annotations, calling=True)
        given = arguments(operation, self.annotations, calling=True)
        passed = [self._call(operation, returns)]
        if ticket_of(self.design, operation):
            given.insert(0, f"ticket: {self.imports.add(_CALL, 'Ticket')} | None")
            passed.append("ticket")
        return {
            "keyword": "def",
            "arguments": ["self", *given],
            "returns": f"{context}[{returns}]",
            "statement": f"return self._fetch({', '.join(passed)})",
        }

    def _stream(self, stream: Stream) -> dict[str, Any]:
        union = self.imports.add(f"{self.package}.events", union_name(self.service.name))
        wanted = self._wanted(stream)
        return {
            "keyword": "def",
            "name": stream.name,
            "arguments": [
                "self",
                *(["*"] if wanted else []),
                *(f"{n}: {t} = None" for n, t in wanted),
            ],
            "returns": f"{self.imports.add(_WATCH, 'Watch')}[{union}]",
            "doc": stream_doc(stream),
            "deprecated": None,
            "statement": f"return self._watch({self._feed(stream)}"
            f"{''.join(f', {name}={name}' for name, _ in wanted)})",
        }

    def _wanted(self, stream: Stream) -> list[tuple[str, str]]:
        """Return what a watcher may ask for, with its type."""
        types = "str | None"
        if "types" in stream.select:
            types = f"{self.imports.add('collections.abc', 'Iterable')}[str] | None"
        wanted = [("types", types), ("subject", "str | None")]
        wanted = [(name, type_) for name, type_ in wanted if name in stream.select]
        return [*wanted, ("last_id", "str | None")] if stream.resume else wanted

    def _feed(self, stream: Stream) -> str:
        by_tag = self.imports.add(f"{self.package}.events", "EVENT_BY_TAG")
        given = [repr(stream.path), by_tag]
        if stream.ticket:
            name = stream.ticket.operation
            [issuer] = (each for each in self.service.operations if each.name == name)
            cookie = self.design.scheme_by_name[stream.ticket.scheme].cookie
            ticket = f"{self.imports.add(_CALL, 'Ticket')} | None"
            given += [f"ticket={self._call(issuer, ticket)}", f"cookie={cookie!r}"]
        if stream.errors:
            given.append(f"errors={self._errors(stream.errors)}")
        return f"{self.imports.add(_WATCH, 'Feed')}({', '.join(given)})"

    def _call(self, operation: Operation, returns: str) -> str:
        """Return a request and its answers as an expression."""
        given = [repr(operation.method), repr(operation.path)]
        for where in ("path", "query", "header", "cookie"):
            pairs = [
                f"{each.wire_name!r}: {each.field.name}"
                for each in operation.parameters
                if each.where == where
            ]
            if pairs:
                given.append(f"{where}={{{', '.join(pairs)}}}")
        if operation.body:
            given.append(f"body={self._body(operation.body)}")
        given.append(f"status={operation.result.status}")
        if isinstance(operation.result.content, JsonContent):
            given.append(f"returns={self.annotations.strict(operation.result.content.type)}")
        if operation.errors:
            given.append(f"errors={self._errors(operation.errors)}")
        return f"{self.imports.add(_CALL, 'Call')}[{returns}]({', '.join(given)})"

    def _body(self, body: Body) -> str:
        """Return what is sent: ``None`` is ``null``, unless the body may be left out whole."""
        if body.required:
            return "body"
        return f"{self.imports.add('runtime.model', 'ABSENT')} if body is None else body"

    def _errors(self, names: Sequence[str]) -> str:
        module = self.imports.add(self.package, "errors")
        classes = (error_class(self.design.error_by_name[name]) for name in names)
        return tuple_of([f"{module}.{each}" for each in classes])
