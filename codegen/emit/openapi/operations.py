"""One operation."""

from __future__ import annotations

from typing import Any, assert_never

from codegen.emit.json_schema import Schemas, plain
from codegen.emit.openapi.answers import Answers
from codegen.emit.openapi.files import (
    FILE_HEADERS,
    PART_PARAMETERS,
    WHOLE_HEADERS,
    part_answers,
)
from codegen.emit.prose import described, first_sentence
from codegen.emit.rights import requirement_words
from codegen.model import (
    MISSING,
    Anyone,
    Body,
    Design,
    EmptyContent,
    FileContent,
    JsonContent,
    Operation,
    Parameter,
    Ref,
    Requirement,
    RequiresAll,
    RequiresAny,
    Result,
    SecurityScheme,
    Service,
)
from codegen.model.names import operation_id


def operation_object(
    operation: Operation, service: Service, design: Design, schemas: Schemas, answers: Answers
) -> dict[str, Any]:
    """Return the Operation Object of an operation."""
    made = begun(operation.doc, operation.name, service)
    parts = PART_PARAMETERS if operation.has_head else ()
    if operation.parameters or parts:
        made["parameters"] = [
            *(_parameter(each, schemas) for each in operation.parameters),
            *(dict(each) for each in parts),
        ]
    if operation.body:
        made["requestBody"] = _body(operation.body, schemas)
    ticket = design.scheme_by_name[operation.issues] if operation.issues else None
    responses = {
        str(operation.result.status): _result(operation, ticket, schemas),
        **answers.of_operation(operation, service),
    }
    if operation.has_head and isinstance(operation.result.content, FileContent):
        responses |= part_answers(operation.result.content.media_type, answers.ordinary)
    made["responses"] = {status: responses[status] for status in sorted(responses)}
    if operation.deprecated:
        made["deprecated"] = True
    schemes = (operation.security,) if operation.security else ()
    made["security"] = security(operation.requires, *schemes)
    made["x-requires"] = requirement_words(operation.requires)
    if operation.emits:
        made["x-emits"] = list(operation.emits)
    made |= plain(operation.extensions)
    return made


def begun(doc: str, name: str, service: Service) -> dict[str, Any]:
    """Begin an Operation Object: whose it is, what it is for, what it is called.

    The identifier holds the service's name, so that a service may be added without a clash.
    """
    return {
        "tags": [service.name],
        "operationId": operation_id(service.name, name),
        **described(doc),
    }


def security(requirement: Requirement, *schemes: str) -> list[dict[str, Any]]:
    """Return the alternatives by which a caller may prove its rights; none for an open door."""
    match requirement:
        case Anyone():
            return []
        case RequiresAll(attributes):
            return [{scheme: list(attributes)} for scheme in schemes]
        case RequiresAny(attributes):
            return [{scheme: [attribute]} for scheme in schemes for attribute in attributes]
        case _:
            return [{scheme: []} for scheme in schemes]


def _parameter(parameter: Parameter, schemas: Schemas) -> dict[str, Any]:
    field = parameter.field
    made: dict[str, Any] = {"name": parameter.wire_name, "in": parameter.where}
    made["required"] = field.required
    schema = schemas.field(field)
    # What is said about the parameter itself stands on it, where tools look for it.
    for note in ("description", "deprecated"):
        if note in schema:
            made[note] = schema.pop(note)
    made["schema"] = schema
    return made


def _body(body: Body, schemas: Schemas) -> dict[str, Any]:
    content = {"application/json": {"schema": schemas.type(body.type)}}
    return {"required": body.required, "content": content}


def _result(
    operation: Operation, ticket: SecurityScheme | None, schemas: Schemas
) -> dict[str, Any]:
    result = operation.result
    made: dict[str, Any] = {"description": _said(result, ticket, schemas.design)}
    match result.content:
        case EmptyContent():
            if ticket:
                made["headers"] = {"Set-Cookie": _cookie(ticket)}
        case FileContent(media_type):
            made["headers"] = WHOLE_HEADERS if operation.has_head else FILE_HEADERS
            made["content"] = {media_type: {"schema": {"type": "string", "format": "binary"}}}
        case JsonContent(type_):
            json: dict[str, Any] = {"schema": schemas.type(type_)}
            if result.example is not MISSING:
                json["example"] = plain(result.example)
            made["content"] = {"application/json": json}
        case _:
            assert_never(result.content)
    return made


def _said(result: Result, ticket: SecurityScheme | None, design: Design) -> str:
    """Describe an answer in the words of the design, as near to it as there are any."""
    if result.doc:
        return result.doc.strip()
    match result.content:
        case EmptyContent():
            return "A ticket, as a cookie." if ticket else "Done."
        case FileContent():
            return "A file."
        case JsonContent(Ref(name)) if design.type_by_name[name].doc:
            return f"{first_sentence(design.type_by_name[name].doc)}."
        case _:
            return "The answer."


def _cookie(ticket: SecurityScheme) -> dict[str, Any]:
    example = f"{ticket.cookie}=...; Max-Age={ticket.ttl}; HttpOnly; Secure"
    return {
        "description": f"The ticket: for one request, good for {ticket.ttl} seconds.",
        "schema": {"type": "string", "examples": [example]},
    }
