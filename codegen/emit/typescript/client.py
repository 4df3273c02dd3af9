"""``client.ts``: one class a service, one method an operation."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.emit.rights import requirement_sentence
from codegen.emit.typescript.declarations import deprecated, interface, member
from codegen.emit.typescript.expressions import expression
from codegen.emit.typescript.layout import (
    comment,
    imported,
    key,
    listed,
    literal,
    property_of,
)
from codegen.emit.typescript.rendering import banner, render
from codegen.emit.words import camel
from codegen.model import (
    Design,
    EmptyContent,
    FileContent,
    JsonContent,
    Operation,
    Parameter,
    Service,
)
from codegen.model.names import pascal_case


@dataclass(frozen=True, slots=True, kw_only=True)
class _Method:
    """What the template says of one operation, line by line."""

    doc: str
    signature: str
    how: str
    fields: list[str]
    groups: list[tuple[str, list[str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Class:
    """What the template says of one service."""

    name: str
    doc: str
    methods: list[_Method]


def client_text(design: Design) -> str:
    """Return the text of ``client.ts``."""
    parameters = [
        _parameters(operation, service)
        for service in design.services
        for operation in service.operations
        if operation.parameters
    ]
    classes = [_class(service, design) for service in design.services if service.operations]
    written = "".join([*parameters, *(m.signature for c in classes for m in c.methods)])
    return render(
        "client",
        banner=banner("The calls", design),
        http=imported(_used_of_http(classes), "./http.js"),
        uses_types="types." in written,
        parameters=parameters,
        classes=classes,
    )


def _used_of_http(classes: list[_Class]) -> set[str]:
    methods = [method for each in classes for method in each.methods]
    used = {"Http", "type CallOptions", "type ClientOptions"}
    if any(method.how == "file" for method in methods):
        used.add("type Download")
    if any("path: path`" in field for method in methods for field in method.fields):
        used.add("path")
    return used


def _class(service: Service, design: Design) -> _Class:
    return _Class(
        name=f"{pascal_case(service.name)}Client",
        doc=comment(service.doc or f"The operations of {service.name}."),
        methods=[_method(operation, service, design) for operation in service.operations],
    )


def _method(operation: Operation, service: Service, design: Design) -> _Method:
    how, returns = _answer(operation)
    arguments = _arguments(operation, service)
    return _Method(
        doc=comment(_said(operation, design), "\t"),
        signature=listed(f"{_method_name(operation)}(", arguments, f"): {returns} {{", "\t"),
        how=how,
        fields=_fields(operation, design),
        groups=[
            (name, entries)
            for name, where in (("query", "query"), ("headers", "header"), ("cookies", "cookie"))
            if (entries := [_entry(p) for p in operation.parameters if p.where == where])
        ],
    )


def _method_name(operation: Operation) -> str:
    name = camel(operation.name)
    return f"{name}_" if name == "constructor" else name


def _answer(operation: Operation) -> tuple[str, str]:
    """Return the method of ``Http`` that reads the answer, and what it returns."""
    if operation.issues:
        return "ticket", "Promise<string | undefined>"
    match operation.result.content:
        case JsonContent(type_):
            return "json", f"Promise<{expression(type_)}>"
        case FileContent():
            return "file", "Promise<Download>"
        case EmptyContent():
            return "empty", "Promise<void>"


def _arguments(operation: Operation, service: Service) -> list[str]:
    """Return the arguments of an operation's method, those that must be given first.

    Parameters that may all be left out come behind the body: so the first one that a design adds to
    an operation moves no body that callers write already.
    """
    arguments = []
    body = operation.body
    if body:
        arguments.append(f"body{'' if body.required else '?'}: {expression(body.type)}")
    if operation.parameters:
        name = _parameters_name(operation, service)
        if any(parameter.field.required for parameter in operation.parameters):
            arguments.insert(0, f"parameters: {name}")
        else:
            arguments.append(f"parameters: {name} = {{}}")
    return [*arguments, "options?: CallOptions"]


def _parameters_name(operation: Operation, service: Service) -> str:
    return f"{pascal_case(service.name)}{pascal_case(operation.name)}Parameters"


def _parameters(operation: Operation, service: Service) -> str:
    members = [member(parameter.field, lenient=True) for parameter in operation.parameters]
    doc = f"The parameters of `{_method_name(operation)}`."
    return interface(_parameters_name(operation, service), members, doc)


def _said(operation: Operation, design: Design) -> str:
    said = [operation.doc.strip(), requirement_sentence(operation.requires)]
    if operation.issues:
        said.append("A browser keeps the ticket to itself, as a cookie, and returns nothing.")
    names = dict.fromkeys(design.error_by_name[name].wire_name for name in operation.errors)
    if names:
        said.append(f"@throws ApiError: {', '.join(f'`{name}`' for name in names)}")
    return deprecated("\n\n".join(filter(None, said)), is_deprecated=operation.deprecated)


def _fields(operation: Operation, design: Design) -> list[str]:
    fields = [f"\t\t\tmethod: {literal(operation.method)},", _path(operation)]
    if operation.body:
        fields.append("\t\t\tbody,")
    if operation.issues:
        cookie = design.scheme_by_name[operation.issues].cookie or ""
        fields.append(property_of("\t\t\t", "cookie", literal(cookie)))
    scheme = design.scheme_by_name[operation.security] if operation.security else None
    if scheme and scheme.cookie:
        fields.append(property_of("\t\t\t", "ticketCookie", literal(scheme.cookie)))
    return fields


def _path(operation: Operation) -> str:
    path = operation.path
    for parameter in operation.parameters:
        if parameter.where == "path":
            value = f"${{parameters.{parameter.field.name}}}"
            path = path.replace(f"{{{parameter.wire_name}}}", value)
    if path == operation.path:
        return property_of("\t\t\t", "path", literal(path))
    return f"\t\t\tpath: path`{path}`,"


def _entry(parameter: Parameter) -> str:
    value = f"parameters.{parameter.field.name}"
    return property_of("\t\t\t\t", key(parameter.wire_name), value)
