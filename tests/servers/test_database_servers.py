import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from runtime.database.engine import Database
from runtime.database.opening import CannotOpen
from tests.servers.database_server import DatabaseServer
from tests.servers.install import find, find_or_install
from tests.servers.loop import run
from tests.servers.mariadb import MariaDBServer
from tests.servers.postgresql import PostgreSQLServer

SERVERS = {"postgresql": PostgreSQLServer, "mariadb": MariaDBServer}


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> DatabaseServer:
    found: DatabaseServer = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def url(server: DatabaseServer) -> Iterator[str]:
    url = run(server.address.create_database())
    yield url
    server.start()
    run(server.address.drop_database(url))


async def write(url: str) -> None:
    database = await Database.open(url)
    writing = await database.begin_write()
    await writing.session.execute(text("CREATE TABLE kept (n INTEGER PRIMARY KEY)"))
    await writing.session.execute(text("INSERT INTO kept VALUES (7)"))
    await writing.commit()
    await writing.end()
    await database.close()


async def read(url: str) -> int:
    database = await Database.open(url)
    async with database.read() as session:
        found: int = (await session.execute(text("SELECT n FROM kept"))).scalar_one()
    await database.close()
    return found


def test_what_was_committed_outlives_a_stop_and_a_kill(server: DatabaseServer, url: str) -> None:
    run(write(url))
    server.stop()
    server.start()
    assert run(read(url)) == 7
    server.kill()
    server.start()
    assert run(read(url)) == 7


def test_a_stopped_server_refuses(server: DatabaseServer, url: str) -> None:
    server.stop()
    assert not server.running
    with pytest.raises(CannotOpen, match="cannot reach"):
        run(read(url))


def test_a_dropped_database_is_gone(server: DatabaseServer) -> None:
    url = run(server.address.create_database())
    run(server.address.drop_database(url))
    with pytest.raises(CannotOpen, match="there is no database"):
        run(read(url))


def test_a_server_listens_on_loopback_below_the_systems_own_ports(server: DatabaseServer) -> None:
    assert server.address.port < 32_768
    inode = {
        line.split()[1]
        for file in ("tcp", "tcp6")
        for line in Path(f"/proc/{server.pid}/net/{file}").read_text().splitlines()[1:]
        if line.split()[1].endswith(f":{server.address.port:04X}") and line.split()[3] == "0A"
    }
    assert inode == {f"0100007F:{server.address.port:04X}"}


def test_a_server_never_runs_as_root(server: DatabaseServer) -> None:
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


@pytest.mark.parametrize("kind", SERVERS.values(), ids=SERVERS)
def test_two_servers_live_side_by_side_and_leave_nothing_behind(
    kind: type[DatabaseServer],
) -> None:
    with kind() as one, kind() as other:
        assert one.address.port != other.address.port
        assert stat.S_IMODE(one.folder.stat().st_mode) == 0o700
    assert not one.running
    assert not one.folder.exists()


@pytest.mark.parametrize("kind", SERVERS)
def test_a_server_does_not_outlive_a_test_process_that_is_killed(kind: str) -> None:
    program = (
        f"import time; from tests.servers.test_database_servers import SERVERS;"
        f"s = SERVERS[{kind!r}](); s.start(); print(s.pid, s.folder, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        pid, folder = process.stdout.readline().decode().split()
        process.kill()
    deadline = time.monotonic() + 10
    while Path(folder).exists() or runs(int(pid)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def runs(pid: int) -> bool:
    """Whether a process is there, and more than the memory of one that nobody asked after."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_newest_version_of_what_debian_keeps_in_folders_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for version in ("9", "15", "15beta"):
        program = tmp_path / version / "bin" / "a-versioned-server"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    monkeypatch.setattr("tests.servers.install.VERSIONED_FOLDERS", str(tmp_path / "*" / "bin"))
    assert find("a-versioned-server") == tmp_path / "15" / "bin" / "a-versioned-server"
    assert find_or_install("a-versioned-server", package="none") is not None
