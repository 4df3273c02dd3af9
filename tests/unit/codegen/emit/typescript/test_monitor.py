from __future__ import annotations

from codegen.emit.typescript.monitor import monitor_text
from tests.unit.codegen.emit.designs import BAKERY, LONG

TEXT = monitor_text(BAKERY)


def test_a_stream_is_a_class_that_knows_its_route() -> None:
    assert "export class BakeryWindow extends EventStream<BakeryWindowEvent> {" in TEXT
    for line in (
        '\tpath: "/bakery/window",\n',
        '\tover: ["websocket", "sse"],\n',
        "\theartbeatSeconds: 10,\n",
        "\tresume: true,\n",
        '\t\tmethod: "POST",\n',
        '\t\tcookie: "bakery-window",\n',
    ):
        assert line in TEXT


def test_its_events_are_those_that_it_sends() -> None:
    assert '\t"loaf_baked",\n' in TEXT
    assert "export type BakeryWindowEvent = Extract<" in TEXT
    assert 'Tags = ["beat", "lost"] as const;' in monitor_text(LONG)


def test_a_client_may_select_only_what_the_design_lets_it() -> None:
    assert '\t\t\ttypes: options.types?.join(","),\n\t\t\tsubject: options.subject,\n' in TEXT
    assert "\tconstructor(options: StreamOptions) {\n" in monitor_text(LONG)


def test_a_stream_without_a_ticket_asks_for_none() -> None:
    assert "ticket" not in monitor_text(LONG)
