"""Each fault is seen to happen, between two plain sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.faults.proxy import Proxy


@dataclass
class Pair:
    """The two ends of a connection through a proxy."""

    proxy: Proxy
    client: socket.socket
    service: socket.socket

    def passes(self) -> None:
        """See that a word gets through, both ways."""
        self.client.sendall(b"there")
        assert self.service.recv(10) == b"there"
        self.service.sendall(b"back")
        assert self.client.recv(10) == b"back"


@pytest.fixture
def pair() -> Iterator[Pair]:
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as listener,
        Proxy("http://{}:{}".format(*listener.getsockname())) as proxy,
        connect(proxy) as client,
    ):
        service, _ = listener.accept()
        service.settimeout(10)
        with service:
            pair = Pair(proxy, client, service)
            pair.passes()
            yield pair


def connect(proxy: Proxy) -> socket.socket:
    address = urlsplit(proxy.url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def silent(end: socket.socket, seconds: float = 0.1) -> bool:
    """Whether nothing comes, and nobody hangs up."""
    end.settimeout(seconds)
    try:
        return end.recv(1, socket.MSG_PEEK) is None
    except TimeoutError:
        return True
    finally:
        end.settimeout(10)


def test_without_a_fault_everything_gets_through(pair: Pair) -> None:
    sent = bytes(range(256)) * 1000
    pair.client.sendall(sent)
    pair.client.shutdown(socket.SHUT_WR)
    assert b"".join(iter(lambda: pair.service.recv(65536), b"")) == sent


def test_whoever_hangs_up_is_heard_by_the_other(pair: Pair) -> None:
    pair.service.close()
    assert pair.client.recv(1) == b""
    until(lambda: pair.proxy.connections[0].ended_by == "service")


def test_latency_is_added_to_one_way(pair: Pair) -> None:
    pair.proxy.to_client.latency = 0.3
    began = time.monotonic()
    pair.client.sendall(b"there")
    assert pair.service.recv(10) == b"there"
    there = time.monotonic()
    pair.service.sendall(b"back")
    assert pair.client.recv(10) == b"back"
    assert time.monotonic() - there >= 0.3 > there - began


def test_bandwidth_is_limited(pair: Pair) -> None:
    pair.proxy.to_service.bandwidth = 100_000
    began = time.monotonic()
    pair.client.sendall(b"x" * 30_000)
    received = 0
    while received < 30_000:
        received += len(pair.service.recv(65536))
    assert time.monotonic() - began >= 0.29


def test_a_stalled_way_holds_back_and_goes_on(pair: Pair) -> None:
    pair.proxy.to_service.stall()
    pair.client.sendall(b"there")
    assert silent(pair.service)
    pair.service.sendall(b"back")
    assert pair.client.recv(10) == b"back", "the other way is free"
    pair.proxy.to_service.go_on()
    assert pair.service.recv(10) == b"there"


def test_a_stalled_way_fills_the_buffers_of_the_sender(pair: Pair) -> None:
    pair.proxy.to_client.stall()
    pair.service.settimeout(0.5)
    with pytest.raises(TimeoutError):
        pair.service.sendall(b"x" * 64 * 1024 * 1024)


def test_a_cut_is_an_end_in_good_order_on_both_sides(pair: Pair) -> None:
    pair.proxy.cut()
    assert pair.client.recv(1) == b""
    assert pair.service.recv(1) == b""
    assert pair.proxy.connections[0].ended_by == "proxy"


def test_a_reset_is_a_reset_on_both_sides(pair: Pair) -> None:
    pair.proxy.reset()
    for end in (pair.client, pair.service):
        with pytest.raises(ConnectionResetError):
            end.recv(1)


def test_one_way_can_be_finished_while_the_other_goes_on(pair: Pair) -> None:
    pair.proxy.finish_to_service()
    assert pair.service.recv(1) == b""
    pair.service.sendall(b"back")
    assert pair.client.recv(10) == b"back"
    pair.proxy.finish_to_client()
    assert pair.client.recv(1) == b""


def test_a_lost_connection_tells_nobody_and_a_new_one_works(pair: Pair) -> None:
    pair.proxy.lose()
    pair.client.sendall(b"there")
    pair.service.sendall(b"back")
    assert silent(pair.client)
    assert silent(pair.service)
    pair.service.close()
    until(lambda: pair.proxy.connections[0].ended_by == "service")
    assert silent(pair.client), "that the service gave up is not heard either"


def test_new_connections_can_be_refused(pair: Pair) -> None:
    pair.proxy.refuses = True
    with pytest.raises(ConnectionResetError), connect(pair.proxy) as late:
        late.recv(1)
    pair.passes()


def test_a_client_finds_nobody_where_the_service_is_gone() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        address = "http://{}:{}".format(*listener.getsockname())
    with Proxy(address) as proxy, pytest.raises(ConnectionResetError), connect(proxy) as client:
        client.recv(1)
