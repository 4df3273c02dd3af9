"""What is said of an operation that answers with a file: its headers, its parts, its HEAD."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from codegen.emit.json_schema import Schema


def _text(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", "examples": [example]}}


def _needed(header: dict[str, Any]) -> dict[str, Any]:
    return header | {"required": True}


_LENGTH = {
    "description": "The length of the answer in bytes.",
    "schema": {"type": "integer", "minimum": 0},
    "required": True,
}

FILE_HEADERS: dict[str, Any] = {
    "Content-Disposition": {
        "description": "The name of the file.",
        "schema": {"type": "string"},
        "required": True,
    },
    "Content-Length": _LENGTH,
}

WHOLE_HEADERS: dict[str, Any] = FILE_HEADERS | {
    "Accept-Ranges": _needed(_text("Parts of the file may be asked for.", "bytes")),
    "ETag": _text("The version of the file, if it has one.", '"5d41402abc4b2a76"'),
}

_PART_HEADERS: dict[str, Any] = WHOLE_HEADERS | {
    "Content-Range": _needed(_text("Which part it is, of how many bytes.", "bytes 0-499/1234"))
}

_NO_PART_HEADERS: dict[str, Any] = {
    "Content-Range": _needed(_text("How many bytes the file has.", "bytes */1234"))
}

PART_PARAMETERS: tuple[dict[str, Any], ...] = (
    {
        "name": "Range",
        "in": "header",
        "required": False,
        "description": "The part that is asked for; one that cannot be understood is ignored.",
        "schema": {"type": "string", "examples": ["bytes=500-"]},
    },
    {
        "name": "If-Range",
        "in": "header",
        "required": False,
        "description": "The version that the part must be of: the whole file comes if it is not.",
        "schema": {"type": "string", "examples": ['"5d41402abc4b2a76"']},
    },
)


def part_answers(media_type: str, error: Schema) -> dict[str, Any]:
    """Return the answers to a request for a part of a file."""
    return {
        "206": {
            "description": "The part that was asked for.",
            "headers": _PART_HEADERS,
            "content": {media_type: {"schema": {"type": "string", "format": "binary"}}},
        },
        "416": {
            "description": "The file ends before the part begins.",
            "headers": _NO_PART_HEADERS,
            "content": {"application/json": {"schema": error}},
        },
    }


def head_object(get: dict[str, Any]) -> dict[str, Any]:
    """Return the Operation Object of HEAD: as of GET, without the bytes and without parts."""
    made = deepcopy(get)
    made["operationId"] += "_head"
    names = {each["name"] for each in PART_PARAMETERS}
    parameters = [each for each in made.pop("parameters") if each["name"] not in names]
    if parameters:
        made["parameters"] = parameters
    made["responses"] = {
        status: answer for status, answer in made["responses"].items() if status not in _PARTS
    }
    for answer in made["responses"].values():
        answer.pop("content", None)
    return made


_PARTS = frozenset({"206", "416"})
