"""``service.py``: the abstract service, one method an operation and a stream."""

from __future__ import annotations

from codegen.emit.file import File
from codegen.emit.python.imports import Imports
from codegen.emit.python.methods import Method, arguments, operation_doc, result, stream_doc
from codegen.emit.python.parts import words
from codegen.emit.python.rendering import render
from codegen.emit.python.types import Annotations
from codegen.model import Design, Operation, Service, Stream
from codegen.model.names import pascal_case


def service_class(service: Service) -> str:
    """Return the name of the abstract service."""
    return pascal_case(service.name) + "Service"


def emit(design: Design) -> tuple[File, ...]:
    """Write the abstract class of every service."""
    return tuple(_module(design, service) for service in design.services)


def _module(design: Design, service: Service) -> File:
    imports = Imports(service_class(service))
    imports.add("abc", "ABC")
    if service.operations or service.streams:
        imports.add("abc", "abstractmethod")
        imports.add("runtime.auth.claims", "Caller")
    annotations = Annotations(design=design, imports=imports)
    text = render(
        "service",
        doc=f"What the {words(service.name)} service does, one method an operation.",
        name=service_class(service),
        service_doc=f"{service.doc or words(service.name).capitalize() + '.'}\n\n{_RULES}",
        methods=[
            *(_operation(design, operation, annotations) for operation in service.operations),
            *(_stream(stream, annotations) for stream in service.streams),
        ],
        imports=imports,
    )
    return File(f"{service.name}/service.py", text)


_RULES = (
    "The caller has been authenticated and holds what the operation requires; parameters and body\n"
    "have been validated.  A method raises an error of the ``errors`` beside it that its operation\n"
    "declares; any other is a fault."
)


def _operation(design: Design, operation: Operation, annotations: Annotations) -> Method:
    return Method(
        name=operation.name,
        arguments=("self", "caller: Caller", *arguments(operation, annotations, calling=False)),
        returns=result(operation, annotations, calling=False),
        doc=operation_doc(design, operation, emits=True),
    )


def _stream(stream: Stream, annotations: Annotations) -> Method:
    selection = annotations.imports.add("runtime.monitor.sight", "Selection")
    return Method(
        name=stream.name,
        arguments=("self", "caller: Caller", f"selection: {selection}"),
        returns=annotations.imports.add("runtime.monitor.watcher", "Watcher"),
        doc=stream_doc(stream),
    )
