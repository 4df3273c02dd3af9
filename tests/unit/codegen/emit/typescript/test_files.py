from __future__ import annotations

import json

from codegen.emit.typescript import emit
from codegen.model import Design
from tests.unit.codegen.emit.designs import BAKERY, EMPTY

CALLS = {"package.json", "types.ts", "errors.ts", "http.ts", "client.ts"}
STREAMS = {"events.ts", "monitor.ts", "stream.ts", "retry.ts", "sse.ts", "websocket.ts"}


def names(design: Design) -> set[str]:
    return {file.path.removeprefix("clients/typescript/") for file in emit(design)}


def test_a_client_has_one_file_for_each_concern() -> None:
    assert names(BAKERY) == CALLS | STREAMS


def test_what_the_design_has_no_use_for_is_not_written() -> None:
    assert names(EMPTY) == CALLS - {"client.ts"}


def test_the_package_is_named_after_the_design_and_is_not_published() -> None:
    (package,) = (file for file in emit(BAKERY) if file.path.endswith("package.json"))
    said = json.loads(package.text)
    assert said["name"] == "the-corner-bakery-client"
    assert said["version"] == "1.2.0"
    assert said["private"] is True


def test_the_same_design_makes_the_same_client(design: Design) -> None:
    assert emit(design) == emit(design)
    assert all(file.text.endswith("\n") for file in emit(design))
