"""The document as a whole."""

from __future__ import annotations

from typing import Any

from codegen.emit.json_schema import Schema, Schemas
from codegen.emit.openapi.answers import Answers
from codegen.emit.openapi.files import head_object
from codegen.emit.openapi.operations import operation_object
from codegen.emit.openapi.streams import stream_object
from codegen.emit.references import used
from codegen.emit.schema_names import error_name
from codegen.model import Design, SecurityScheme

_SCHEMAS = "#/components/schemas/"
_RESPONSES = "#/components/responses/"


def openapi_document(design: Design) -> dict[str, Any]:
    """Return the OpenAPI document of a design."""
    schemas = Schemas(design=design, refs=_SCHEMAS, discriminators=True)
    error = error_name(design)
    answers = Answers(design=design, schemas=schemas, ordinary=schemas.ref(error))
    paths = _paths(design, schemas, answers)
    responses = used(answers.named(), _RESPONSES, paths)
    types = schemas.named() | {error: _ORDINARY_ERROR}
    return {
        "openapi": "3.1.1",
        "info": _info(design),
        "tags": [_tag(service.name, service.doc) for service in design.services],
        "paths": paths,
        "components": {
            "schemas": used(types, _SCHEMAS, paths, responses),
            "responses": responses,
            "securitySchemes": {s.name: _security_scheme(s) for s in design.security},
        },
    }


def _paths(design: Design, schemas: Schemas, answers: Answers) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for service in design.services:
        for operation in service.operations:
            path = paths.setdefault(operation.path, {})
            made = operation_object(operation, service, design, schemas, answers)
            path[operation.method.lower()] = made
            if operation.has_head:
                path["head"] = head_object(made)
        for stream in service.streams:
            path = paths.setdefault(stream.path, {})
            path["get"] = stream_object(stream, service, design, answers)
    return paths


def _info(design: Design) -> dict[str, Any]:
    info: dict[str, Any] = {"title": design.api.title, "version": design.api.version}
    if design.api.doc:
        info["description"] = design.api.doc.strip()
    return info


def _tag(name: str, doc: str) -> dict[str, Any]:
    return {"name": name, "description": doc.strip()} if doc else {"name": name}


def _security_scheme(scheme: SecurityScheme) -> dict[str, Any]:
    if scheme.scheme == "bearer":
        description = scheme.doc or "A token in the `Authorization` header."
        return {"type": "http", "scheme": "bearer", "description": description}
    description = scheme.doc or f"A ticket for one request, good for {scheme.ttl} seconds."
    return {"type": "apiKey", "in": "cookie", "name": scheme.cookie, "description": description}


def _flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def _text(description: str) -> Schema:
    return {"type": "string", "description": description}


_ERROR_FIELDS: dict[str, Schema] = {
    "name": _text("The kind of the error."),
    "id": _text("This occurrence of it, to be found in the log."),
    "message": _text("What is wrong, for people."),
    "temporary": _flag("Whether the same request may succeed later."),
    "timeout": _flag("Whether it took too long."),
    "fault": _flag("Whether the server is to blame."),
}

_ORDINARY_ERROR: Schema = {
    "type": "object",
    "description": "What is wrong with a request, or with its answer.",
    "properties": _ERROR_FIELDS,
    "required": list(_ERROR_FIELDS),
}
