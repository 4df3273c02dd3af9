"""A JSON document, written as JSON and as YAML."""

from __future__ import annotations

import json
from typing import Any

from codegen.emit.file import File
from codegen.emit.yaml_text import yaml_text


def document_files(stem: str, document: dict[str, Any]) -> tuple[File, ...]:
    """Write a document twice: ``stem.json`` and ``stem.yaml``."""
    return (File(f"{stem}.json", json_text(document)), File(f"{stem}.yaml", yaml_text(document)))


def json_text(document: Any) -> str:
    """Write a document as JSON for people: indented, in its own order."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
