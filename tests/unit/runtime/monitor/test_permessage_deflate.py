from __future__ import annotations

import pytest
from websockets.datastructures import Headers
from websockets.frames import Frame, Opcode
from websockets.server import ServerProtocol

from runtime.monitor.permessage_deflate import SharedDeflate


def agreed(*offers: str) -> tuple[str | None, ServerProtocol]:
    """Offer something, and return the answer."""
    server = ServerProtocol(extensions=[SharedDeflate()])
    headers = Headers()
    for offer in offers:
        headers["Sec-WebSocket-Extensions"] = offer
    answer, server.extensions = server.process_extensions(headers)
    return answer, server


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        # Browsers and Node.
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; client_no_context_takeover",
        ),
        ("permessage-deflate", "permessage-deflate; client_no_context_takeover"),
        (
            "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12",
            "permessage-deflate; client_no_context_takeover; server_max_window_bits=12;"
            " client_max_window_bits=12",
        ),
        # Messages refer further back, or to one another.
        ("permessage-deflate; server_max_window_bits=11", None),
        ("permessage-deflate; server_no_context_takeover", None),
        (
            "permessage-deflate; server_no_context_takeover, permessage-deflate",
            "permessage-deflate; client_no_context_takeover",
        ),
        ("permessage-deflate; server_max_window_bits=99", None),
        ("permessage-deflate; unknown", None),
        ("another-extension", None),
    ],
)
def test_what_is_agreed_to(offer: str, answer: str | None) -> None:
    agreement, server = agreed(offer)
    assert agreement == answer
    assert bool(server.extensions) is (answer is not None)


def test_who_offers_nothing_gets_nothing() -> None:
    assert agreed()[0] is None


def test_nothing_is_kept_for_a_connection() -> None:
    [extension] = agreed("permessage-deflate")[1].extensions
    assert not hasattr(extension, "encoder")
    assert not hasattr(extension, "decoder")


def test_a_message_that_does_not_go_out_to_all_can_be_sent_all_the_same() -> None:
    [extension] = agreed("permessage-deflate")[1].extensions
    sent = extension.encode(Frame(Opcode.TEXT, b"perch" * 10))
    assert sent.rsv1
    assert extension.decode(sent).data == b"perch" * 10
