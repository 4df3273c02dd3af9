from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.monitor.batch import NOTHING, WORTH, Batch, Piece
from runtime.monitor.frames import BeatFrames, EventFrames, Frame
from tests.unit.runtime.monitor.inflating_client import Client
from tests.unit.runtime.pond import PingEvent, seen, stored

FRAMES = EventFrames(1)
BEATS = BeatFrames(PingEvent(message="Ping"), 1700)


def frames(first: int, last: int, size: int = 0) -> list[Frame]:
    return [FRAMES.of(stored(seen("x" * size), number)) for number in range(first, last + 1)]


def test_a_batch_is_its_frames_one_after_the_other_and_built_once() -> None:
    batch = Batch(frames(1, 2))
    assert batch.messages == batch[0].message + batch[1].message
    assert batch.blocks == batch[0].block + batch[1].block
    assert batch.messages is batch.messages
    assert batch.blocks is batch.blocks
    size, _, rest = batch.chunk.partition(b"\r\n")
    assert (rest[: int(size, 16)], rest[int(size, 16) :]) == (batch.blocks, b"\r\n")
    assert batch.chunk is batch.chunk


def test_who_gets_the_same_and_a_heartbeat_shares_that_too() -> None:
    batch = Batch(frames(1, 1))
    longer = batch.then(BEATS.at(1))
    assert tuple(longer) == (batch[0], BEATS.at(1))
    assert longer.messages == batch.messages + BEATS.at(1).message
    assert batch.then(BEATS.at(1)) is longer
    assert batch.then(BEATS.at(2)) == (batch[0], BEATS.at(2))


def test_what_one_connection_gets_is_not_compressed() -> None:
    batch = Batch(frames(1, 20, 200))
    assert batch.deflated_messages is batch.messages
    assert len(batch.deflated_blocks) > len(batch.blocks)
    Client().takes(batch)


def test_a_piece_is_compressed_once_for_all_batches_that_have_it() -> None:
    first, second, third = (Piece(frames(n, n + 19, 30)) for n in (1, 21, 41))
    batch, later = Batch.of([first, second]), Batch.of([second, third])
    assert len(batch.deflated_messages) < len(batch.messages) / 3
    assert len(batch.deflated_blocks) < len(batch.blocks) / 3
    assert batch.deflated_messages == first.deflated_messages + second.deflated_messages
    assert later.deflated_messages == second.deflated_messages + third.deflated_messages
    assert second.deflated_messages is second.deflated_messages
    assert second.deflated_blocks is second.deflated_blocks


def test_little_is_not_worth_it() -> None:
    few = Piece(frames(1, 2))
    assert few.size < WORTH
    assert few.deflated_messages == few.messages
    assert len(few.deflated_blocks) == len(few.blocks) + 10


def test_a_heartbeat_goes_out_behind_pieces_as_it_is() -> None:
    batch = Batch.of([Piece(frames(1, 40)), Piece(frames(41, 80))])
    longer = batch.then(BEATS.at(80))
    assert longer.deflated_messages == batch.deflated_messages + BEATS.at(80).message
    Client().takes(longer)


def test_nothing_is_nothing() -> None:
    assert (NOTHING.deflated_messages, NOTHING.deflated_blocks) == (b"", b"")


def test_large_frames_are_framed_by_their_compressed_length() -> None:
    # Lengths around those from which RFC 6455 writes them in more bytes, of what cannot be compressed.
    for size in (100, 130, 70_000):
        text = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(size))
        Client().takes(Batch.of([Piece([FRAMES.of(stored(seen(text), n)) for n in range(1, 4)])]))


sizes = st.lists(st.integers(0, 900), min_size=1, max_size=12)


@given(st.lists(st.tuples(sizes, st.sampled_from(["piece", "plain", "beat"])), max_size=10))
def test_whatever_comes_behind_whatever_is_read(parts: list[tuple[list[int], str]]) -> None:
    clients = [Client(), Client()]
    pieces: list[Batch] = []
    position = 0
    for lengths, kind in parts:
        made = [
            FRAMES.of(stored(seen(f"{length}" * length), position + n))
            for n, length in enumerate(lengths, 1)
        ]
        position += len(made)
        if kind == "plain":
            clients[0].takes(Batch(made))
        else:
            pieces.append(Piece(made))
            batch = Batch.of(pieces[-1:])
            clients[0].takes(batch.then(BEATS.at(position)) if kind == "beat" else batch)
    clients[1].takes(Batch.of(pieces))
