"""What is compressed is read by the library that clients read it with, behind anything else."""

from __future__ import annotations

import gzip
import io
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.monitor.compression import (
    GZIP_HEAD,
    STORED_BYTES,
    TAIL,
    WINDOW_BITS,
    deflated,
    deflated_messages,
    stored,
)

runs = st.lists(st.lists(st.binary(max_size=300), max_size=8), max_size=8)


@given(runs)
def test_each_message_can_be_read_as_soon_as_it_is_there(runs: list[list[bytes]]) -> None:
    client = zlib.decompressobj(-WINDOW_BITS)
    for messages in runs:
        for message, data in zip(messages, deflated_messages(messages), strict=True):
            assert client.decompress(data + TAIL) == message


@given(runs)
def test_a_message_may_come_without_what_was_compressed_before_its_run(
    runs: list[list[bytes]],
) -> None:
    for messages in runs:
        client = zlib.decompressobj(-WINDOW_BITS)
        for message, data in zip(messages, deflated_messages(messages), strict=True):
            assert client.decompress(data + TAIL) == message


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=300)), max_size=8))
def test_parts_of_a_stream_are_read_as_they_come(parts: list[tuple[bool, bytes]]) -> None:
    client = zlib.decompressobj(16 + zlib.MAX_WBITS)
    client.decompress(GZIP_HEAD)
    for compress, part in parts:
        assert client.decompress(deflated(part) if compress else stored(part)) == part


@pytest.mark.parametrize("length", [0, 1, STORED_BYTES, STORED_BYTES + 1, 3 * STORED_BYTES])
def test_what_is_stored_takes_five_bytes_a_block_and_for_its_end(length: int) -> None:
    content = b"x" * length
    blocks = -(-length // STORED_BYTES)
    assert len(stored(content)) == length + (5 * (blocks + 1) if length else 0)
    # What a reader hands out at once that hands out nothing in the midst of blocks.
    assert stored(content)[-len(TAIL) :] in (b"", TAIL)
    assert zlib.decompressobj(-WINDOW_BITS).decompress(stored(content)) == content


def test_what_is_alike_becomes_small() -> None:
    messages = [b'{"name":"perch","number":%d}\n' % number for number in range(100)]
    assert sum(map(len, deflated_messages(messages))) < sum(map(len, messages)) / 3
    assert len(deflated(b"".join(messages))) < sum(map(len, messages)) / 3


def test_it_is_a_gzip_file_with_no_end() -> None:
    file = gzip.GzipFile(fileobj=io.BytesIO(GZIP_HEAD + deflated(b"perch ") + stored(b"pike")))
    assert file.read(10) == b"perch pike"
