from __future__ import annotations

from codegen.emit.typescript.events import events_text
from tests.unit.codegen.emit.designs import BAKERY, LONG

TEXT = events_text(BAKERY)


def test_an_event_is_a_payload_that_says_who_may_see_it() -> None:
    assert (
        "/**\n * A loaf left the oven.\n *\n * Requires `bakery:loaves:list`.\n */\n"
        "export interface LoafBakedEvent {\n\tuuid: string;\n\titem: types.Loaf;\n}\n"
    ) in TEXT


def test_tags_are_constants_by_the_names_of_the_events() -> None:
    assert '\tLoafBakedEvent: "loaf_baked",\n' in TEXT


def test_a_service_has_one_union_of_all_its_events() -> None:
    union = TEXT[TEXT.index("export type BakeryEvent =") :]
    assert union.startswith(
        "export type BakeryEvent =\n"
        '\t| { type: "ping"; value: WindowPingEvent }\n'
        '\t| { type: "reset"; value: WindowResetEvent }\n'
        '\t| { type: "loaf_baked"; value: LoafBakedEvent }\n'
    )


def test_a_single_event_is_a_union_of_one() -> None:
    assert 'export type SmallEvent = { type: "beat"; value: SmallBeatEvent };' in events_text(LONG)


def test_types_are_imported_only_if_an_event_speaks_of_one() -> None:
    assert 'import type * as types from "./types.js";' in TEXT
    assert "import" not in events_text(LONG)
