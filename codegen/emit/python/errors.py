"""``errors.py``: one exception class for each error that a service answers with."""

from __future__ import annotations

from typing import Any

from codegen.emit.file import File
from codegen.emit.python.imports import Imports
from codegen.emit.python.parts import error_class, errors_of, refusal, words
from codegen.emit.python.rendering import render
from codegen.model import Const, Design, Error, Ref, Service


def emit(design: Design) -> tuple[File, ...]:
    """Write the errors of every service."""
    return tuple(_module(design, service) for service in design.services)


def _module(design: Design, service: Service) -> File:
    errors = errors_of(design, service)
    imports = Imports(*(error_class(error) for error in errors))
    text = render(
        "errors",
        doc=f"Errors of the {words(service.name)} service.",
        class_var=imports.add("typing", "ClassVar") if errors else "",
        errors=[_prepared(design, error, imports) for error in errors],
        imports=imports,
    )
    return File(f"{service.name}/errors.py", text)


def _prepared(design: Design, error: Error, imports: Imports) -> dict[str, Any]:
    prepared: dict[str, Any] = {
        "name": error_class(error),
        "doc": error.doc or f"Answered with status {error.status}.",
        "wire_name": error.wire_name,
        "status": error.status,
        "constant": [],
        "body": None,
        "message": None,
    }
    match error.body:
        case None:
            base = imports.add("runtime.errors", "MessageError")
            if error in (refusal(design, 401), refusal(design, 403)):
                prepared["message"] = prepared["doc"]
        case Const(value):
            base = imports.add("runtime.errors", "ConstantError")
            prepared["constant"] = [repr(value)]
        case Ref(name):
            prepared["body"] = f"{imports.add('.', 'models')}.{name}"
            prepared["body_base"] = imports.add("runtime.model", "Model")
            base = f"{imports.add('runtime.errors', 'BodyError')}[{prepared['body']}]"
        case _:
            raise AssertionError(f"the check lets no error have this body: {error.body}")
    return prepared | {"base": base}
