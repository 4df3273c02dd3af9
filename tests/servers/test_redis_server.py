import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from tests.servers import install
from tests.servers.install import ServerMissingError, find, find_or_install
from tests.servers.redis_server import RedisServer


@pytest.fixture
def client(redis_server: RedisServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_server.url) as client:
        yield client


def test_a_started_server_answers(client: redis.Redis) -> None:
    assert client.ping() is True


def test_a_server_listens_on_loopback_below_the_systems_own_ports(
    redis_server: RedisServer, client: redis.Redis
) -> None:
    assert redis_server.port < 32_768
    assert client.config_get("bind") == {"bind": "127.0.0.1"}


def test_a_server_never_runs_as_root(redis_server: RedisServer) -> None:
    assert redis_server.running
    process = redis_server._process
    assert process is not None
    assert Path(f"/proc/{process.pid}").stat().st_uid != 0


def test_a_restart_can_keep_the_data(redis_server: RedisServer, client: redis.Redis) -> None:
    client.set("name", "value")
    redis_server.restart(keep_data=True)
    assert client.get("name") == b"value"


def test_a_restart_can_lose_the_data(redis_server: RedisServer, client: redis.Redis) -> None:
    client.set("name", "value")
    redis_server.restart(keep_data=True)
    redis_server.restart(keep_data=False)
    assert client.get("name") is None


def test_a_stopped_server_refuses_and_starts_again_at_the_same_address(
    redis_server: RedisServer,
) -> None:
    url = redis_server.url
    redis_server.stop()
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        client.ping()
    redis_server.start()
    assert redis_server.url == url
    with redis.Redis.from_url(url) as client:
        assert client.ping() is True


def test_each_test_finds_an_empty_server(client: redis.Redis) -> None:
    assert client.dbsize() == 0


def test_two_servers_live_side_by_side_and_leave_nothing_behind(redis_server: RedisServer) -> None:
    with RedisServer() as other:
        folder = other._folder
        assert other.port != redis_server.port
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not other.running
    assert not folder.exists()


def test_a_program_outside_path_is_found_in_the_systems_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "a-server"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(install, "SYSTEM_FOLDERS", (str(tmp_path),))
    assert find("a-server") == program


def test_a_server_that_cannot_be_installed_fails_with_the_line_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(install, "SYSTEM_FOLDERS", ())
    with pytest.raises(ServerMissingError, match=r"Run: sudo apt-get install --yes a-package$"):
        find_or_install("a-server", package="a-package")
