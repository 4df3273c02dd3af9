"""Operations as methods: their arguments, results and docstrings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codegen.emit.python.parts import error_class
from codegen.emit.python.types import Annotations
from codegen.model import (
    MISSING,
    Design,
    FileContent,
    JsonContent,
    Nullable,
    Operation,
    Parameter,
    Stream,
    Type,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How an operation is called.

    ``arguments`` stand in the order of a signature, with ``*`` before those given by name.
    """

    name: str
    arguments: tuple[str, ...]
    returns: str
    doc: str


def body_argument(operation: Operation, annotations: Annotations) -> str | None:
    """Return the argument for the body, if there is one."""
    if operation.body is None:
        return None
    annotation = annotations.plain(operation.body.type)
    if operation.body.required:
        return f"body: {annotation}"
    return f"body: {or_none(annotation, operation.body.type)} = None"


def parameter_argument(parameter: Parameter, annotations: Annotations, *, calling: bool) -> str:
    """Return the argument for a parameter.

    A default that cannot stand in a signature is the router's to fill in: a client (``calling``)
    leaves the parameter out, and the service is always given it.
    """
    field = parameter.field
    annotation = annotations.plain(field.type)
    if field.required:
        return f"{field.name}: {annotation}"
    if field.default is MISSING:
        return f"{field.name}: {or_none(annotation, field.type)} = None"
    if annotations.is_constant(field.type):
        return f"{field.name}: {annotation} = {annotations.value(field.type, field.default)}"
    return f"{field.name}: {annotation} | None = None" if calling else f"{field.name}: {annotation}"


def or_none(annotation: str, type_: Type) -> str:
    """Return an annotation that has ``None``, once."""
    return annotation if isinstance(type_, Nullable) else f"{annotation} | None"


def arguments(operation: Operation, annotations: Annotations, *, calling: bool) -> list[str]:
    """Return the arguments of an operation: its body, then its parameters by name.

    ``calling`` is whether a client has the method, and not the service.
    """
    body = body_argument(operation, annotations)
    parameters = [
        parameter_argument(each, annotations, calling=calling) for each in operation.parameters
    ]
    return [*([body] if body else []), *(["*", *parameters] if parameters else [])]


def result(operation: Operation, annotations: Annotations, *, calling: bool) -> str:
    """Return the type of what an operation results in; ``calling`` as for :func:`arguments`."""
    match operation.result.content:
        case JsonContent(type_):
            return annotations.plain(type_)
        case FileContent():
            module = "runtime.client.download" if calling else "runtime.download"
            return annotations.imports.add(module, "Download")
        case _:
            return "None"


def operation_doc(design: Design, operation: Operation, *, emits: bool) -> str:
    """Return the docstring of an operation's method."""
    doc = operation.doc or f"Answer {operation.method} {operation.path}."
    paragraphs = [doc]
    if operation.deprecated:
        paragraphs.append("Deprecated.")
    if emits and operation.emits:
        paragraphs.append(f"Emits: {', '.join(operation.emits)}.")
    return "\n\n".join(paragraphs + raises(design, operation.errors))


def stream_doc(stream: Stream) -> str:
    """Return the docstring of a stream's method."""
    return stream.doc or f"Watch {stream.path}."


def raises(design: Design, names: Iterable[str]) -> list[str]:
    """Return the part of a docstring about errors, without those that keep strangers out."""
    errors = [design.error_by_name[name] for name in names]
    lines = [
        f"    {error_class(error)}: {' '.join(error.doc.split())}".rstrip(" :")
        for error in errors
        if error.status not in (401, 403)
    ]
    return ["\n".join(["Raises:", *lines])] if lines else []
