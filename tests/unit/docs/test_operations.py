"""docs/operations.md, held against the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from service.settings import PREFIX, Settings

PAGE = Path(__file__).resolve().parents[3] / "docs" / "operations.md"


def names(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from names(field.annotation, f"{prefix}{name.upper()}__")
        else:
            yield f"{prefix}{name.upper()}"


def test_every_setting_has_its_row_and_every_row_its_setting() -> None:
    rows = re.findall(r"^\| `(SERVICE_\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(names(Settings, PREFIX))
