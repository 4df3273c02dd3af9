"""Answers: a JSON document, or nothing at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import to_json
from starlette.responses import Response


def json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a document: a model, a list of models, or plain values.

    It is compact and ends with a line end; the media type has no charset (wire contract,
    section 1).
    """
    if isinstance(value, BaseModel):
        document = value.__pydantic_serializer__.to_json(value, by_alias=True)
    else:
        document = to_json(value, by_alias=True)
    return Response(document + b"\n", status, headers, "application/json")


def empty(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with no bytes, and no media type."""
    return Response(b"", status, headers)
