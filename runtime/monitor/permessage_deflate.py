"""Compressed WebSocket messages, agreed on with a client (RFC 7692)."""

from __future__ import annotations

from collections.abc import Sequence

from websockets.exceptions import NegotiationError
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.typing import ExtensionParameter

from runtime.monitor.compression import WINDOW_BITS


class SharedDeflate(ServerPerMessageDeflateFactory):
    """Agrees to what can be compressed once for all clients, and to nothing else.

    Nor is anything kept for a connection: a compressor and a decompressor for each would take 300 KB.
    """

    def __init__(self) -> None:
        super().__init__(client_no_context_takeover=True)

    def process_request_params(
        self,
        params: Sequence[ExtensionParameter],
        accepted_extensions: Sequence[Extension],
    ) -> tuple[list[ExtensionParameter], PerMessageDeflate]:
        """Answer one offer of a client.

        Raises:
            NegotiationError: It wants each message compressed by itself, or remembers less than messages
                refer to.  The server goes on to its next offer, and without any to no compression.
        """
        answer, extension = super().process_request_params(params, accepted_extensions)
        if extension.local_no_context_takeover or extension.local_max_window_bits < WINDOW_BITS:
            raise NegotiationError("messages are compressed for all clients together")
        # Of the two halves only that for what comes in is used.
        extension.local_no_context_takeover = True
        del extension.encoder
        return answer, extension
