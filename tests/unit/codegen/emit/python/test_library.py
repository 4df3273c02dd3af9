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
    assert by_name["Grams"].alias == "Annotated[Int64, Field(ge=1)]"
    assert declared.modules["Int64"] == "runtime.model"


def test_bounds_inside_another_type_invent_no_name_that_could_be_taken() -> None:
    numbers = {"type": "array", "items": {"type": "integer", "minimum": 1}, "maxItems": 2}
    declared = declare(
        {
            "Loaf": {
                "type": "object",
                "properties": {"pages": {"type": "array", "items": numbers}},
            },
            "Page": {"type": "object", "properties": {}},
        }
    )
    by_name = {each.name: each for each in declared.declarations}
    assert by_name.keys() == {"Loaf", "Page"}
    assert by_name["Loaf"].fields["pages"] == (
        "list[Annotated[list[Annotated[Int64, Field(ge=1)]], Field(max_length=2)]]"
    )


def test_a_part_that_names_what_comes_later_stays_in_quotes() -> None:
    loaves = {"type": "array", "items": {"$ref": "#/$defs/Loaf"}, "maxItems": 3}
    declared = declare(
        {
            "Loaf": {"type": "object", "properties": {"by": {"$ref": "#/$defs/ByName"}}},
            "ByName": {"type": "object", "additionalProperties": loaves},
        }
    )
    [alias] = (each for each in declared.declarations if each.name == "ByName")
    assert alias.alias == "dict[str, 'Annotated[list[Loaf], Field(max_length=3)]']"
    assert {"Annotated", "Field"} <= alias.names


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ({"type": ["string", "null"], "format": "uri", "maxLength": 9}, "Annotated[Url | None, "),
        ({"type": ["string", "null"], "format": "email"}, "Email | None"),
        ({"type": ["string", "null"], "contentEncoding": "base64"}, "Base64 | None"),
        (
            {"type": ["string", "null"], "format": "uuid", "not": {"const": "0"}},
            "NonNilUUID | None",
        ),
        ({"type": ["string", "null"], "format": "date-time"}, "DateTime | None"),
        ({"type": "array", "items": {"type": "string", "format": "date"}}, "list[Date]"),
        ({"type": ["number", "null"]}, "Float64 | None"),
    ],
    ids=str,
)
def test_a_scalar_is_the_runtimes_own_wherever_it_stands(
    schema: dict[str, Any], annotation: str
) -> None:
    [declaration] = declare({"A": {"type": "object", "properties": {"b": schema}}}).declarations
    assert declaration.fields["b"].startswith(annotation)


def test_a_process_of_its_own_says_the_same() -> None:
    here = source(SCHEMAS)
    with starting():
        assert source(SCHEMAS) == here


def test_a_process_that_is_not_asked_is_ended() -> None:
    with starting():
        pass


def test_a_schema_that_it_does_not_understand_is_told() -> None:
    with starting(), pytest.raises(LibraryFailed, match=r"nowhere\.json"):
        source({"Loaf": {"$ref": "nowhere.json#/Loaf"}})


def test_a_process_that_dies_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen.emit.python.library._PROGRAM", "import os; os._exit(9)")
    with starting(), pytest.raises(LibraryFailed, match="it ended with 9"):
        source(SCHEMAS)


def test_a_process_that_hangs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen.emit.python.library._PROGRAM", "import time; time.sleep(60)")
    monkeypatch.setattr("codegen.emit.python.library._PATIENCE", 0.2)
    with starting(), pytest.raises(LibraryFailed, match="has not answered"):
        source(SCHEMAS)


def test_where_no_process_can_be_started_it_is_loaded_here(monkeypatch: pytest.MonkeyPatch) -> None:
    here = source(SCHEMAS)
    monkeypatch.setattr("codegen.emit.python.library.sys.executable", "/nowhere/python")
    with starting():
        assert source(SCHEMAS) == here


def test_a_library_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codegen.emit.python.library.find_spec", lambda name: None)
    with starting(), pytest.raises(LibraryFailed, match="extra `codegen`"):
        source(SCHEMAS)
