"""The library of the models, in this process and in one of its own."""

from __future__ import annotations

from typing import Any

import pytest

from codegen.emit.python.declared import declare
from codegen.emit.python.library import LibraryFailed, source, starting

SCHEMAS: dict[str, dict[str, Any]] = {
    "Loaf": {
        "type": "object",
        "description": "A loaf.",
        "properties": {
            "name": {"type": "string", "maxLength": 3, "default": "Rye"},
            "slices": {"type": "array", "items": {"$ref": "#/$defs/Loaf"}, "maxItems": 20},
            "crumb": {"allOf": [{"$ref": "#/$defs/Crumb"}], "description": "Inside."},
        },
    },
    "Crumb": {"type": "string", "enum": ["open", "tight"]},
    "Grams": {"type": "integer", "minimum": 1},
}


def test_a_schema_becomes_a_class_with_annotations() -> None:
    declared = declare(SCHEMAS)
    by_name = {each.name: each for each in declared.declarations}
    assert by_name.keys() == {"Loaf", "Crumb", "Grams"}
    assert by_name["Loaf"].base == "Model"
    assert by_name["Loaf"].fields == {
        "name": "Annotated[StrictStr, Field(max_length=3)]",
        "slices": "Annotated[list[Loaf], Field(max_length=20)]",
        "crumb": "Crumb",
    }
    assert by_name["Loaf"].rebuilt
    assert by_name["Crumb"].base == "StrEnum"
    assert by_name["Grams"].alias == "Annotated[StrictInt, Field(ge=1)]"
    assert declared.modules["StrictInt"] == "pydantic"


def test_a_process_of_its_own_says_the_same() -> None:
    here = source(SCHEMAS)
    with starting():
        assert source(SCHEMAS) == here


def test_a_process_that_is_not_asked_is_ended() -> None:
    with starting():
        pass


def test_a_schema_that_it_does_not_understand_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    with starting(), pytest.raises(LibraryFailed):
        source({"Loaf": {"$ref": "nowhere.json#/Loaf"}})
    assert "nowhere.json" in capfd.readouterr().err
