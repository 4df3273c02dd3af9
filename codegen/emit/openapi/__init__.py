"""The OpenAPI 3.1 document: every operation, and where the streams begin."""

from __future__ import annotations

from codegen.emit.document import document_files
from codegen.emit.file import File
from codegen.emit.openapi.document import openapi_document
from codegen.model import Design

__all__ = ["emit", "openapi_document"]


def emit(design: Design) -> tuple[File, ...]:
    """Write ``openapi.json`` and ``openapi.yaml``."""
    return document_files("openapi", openapi_document(design))
