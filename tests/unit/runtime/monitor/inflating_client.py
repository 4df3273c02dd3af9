"""A client that takes compressed data, with the libraries that real ones read it with."""

from __future__ import annotations

import zlib

from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame as Received
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from runtime.monitor.batch import Batch
from runtime.monitor.compression import WINDOW_BITS


class Client:
    """What it makes of what it is sent, over either transport."""

    def __init__(self) -> None:
        self.socket = ClientProtocol(parse_uri("ws://pond/"), state=OPEN, max_size=None)
        self.socket.extensions = [
            PerMessageDeflate(
                remote_no_context_takeover=False,
                local_no_context_takeover=True,
                remote_max_window_bits=WINDOW_BITS,
                local_max_window_bits=15,
            )
        ]
        self.stream = zlib.decompressobj(-WINDOW_BITS)

    def texts(self, data: bytes) -> list[str]:
        self.socket.receive_data(data)
        received = self.socket.events_received()
        assert self.socket.parser_exc is None
        return [event.data.decode() for event in received if isinstance(event, Received)]  # type: ignore[union-attr]

    def takes(self, batch: Batch) -> None:
        """See that it reads the frames of a batch, behind all that it took before."""
        assert self.texts(batch.deflated_messages) == [frame.text for frame in batch]
        assert self.stream.decompress(batch.deflated_blocks) == batch.blocks
