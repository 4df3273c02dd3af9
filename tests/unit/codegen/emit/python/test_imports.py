"""The imports of a generated module."""

from __future__ import annotations

from codegen.emit.python.imports import Imports


def test_imports_stand_in_the_order_that_ruff_keeps() -> None:
    imports = Imports()
    for module, name in [
        (".models", "AIPStatus"),
        (".models", "AIPs"),
        (".models", "AIP"),
        (".models", "CreateAIP"),
        (".", "errors"),
        ("...storage", "errors"),
        ("runtime.http.response", "json"),
        ("fastapi", "Query"),
        ("typing", "Annotated"),
        ("collections.abc", "Mapping"),
        (".events", "EVENT_BY_TAG"),
        (".events", "Event10"),
        (".events", "Event9"),
    ]:
        imports.add(module, name)
    assert imports.text() == (
        "from collections.abc import Mapping\n"
        "from typing import Annotated\n"
        "\n"
        "from fastapi import Query\n"
        "\n"
        "from runtime.http.response import json\n"
        "\n"
        "from ...storage import errors as errors_\n"
        "from . import errors\n"
        "from .events import EVENT_BY_TAG, Event9, Event10\n"
        "from .models import AIP, AIPs, AIPStatus, CreateAIP"
    )


def test_a_name_is_imported_once() -> None:
    imports = Imports()
    assert imports.add("typing", "Final") == imports.add("typing", "Final") == "Final"
    assert imports.text() == "from typing import Final"


def test_a_name_that_is_taken_gets_another() -> None:
    imports = Imports("Path")
    assert imports.add(".models", "Path") == "Path_"
    assert imports.add("fastapi", "Path") == "Path__"
    assert imports.text() == (
        "from fastapi import Path as Path__\n\nfrom .models import Path as Path_"
    )


def test_a_name_that_is_handed_on_says_so() -> None:
    imports = Imports()
    imports.hand_on("..models", "Page")
    assert imports.text() == "from ..models import Page as Page"
