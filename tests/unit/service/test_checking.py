"""The command `check`: every line says what is, or what is wrong and how to mend it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from runtime.database.migrate import migrate
from service.cli import application
from service.migrations.schema import NEWEST, SCHEMA, SCRIPTS
from service.storage.reports import typesetting
from tests.servers.redis_server import RedisServer
from tests.unit.service.conftest import Domain


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those of the test."""
    for name in list(os.environ):
        if name.upper().startswith("SERVICE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def migrated(tmp_path: Path, empty_database: Path) -> Path:
    """A data folder with a database of this version."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "storage.db").write_bytes(empty_database.read_bytes())
    return data


def checked() -> Result:
    return CliRunner().invoke(application, ["check"])


def line_of(result: Result, name: str) -> str:
    """The line about one thing, with its mark."""
    [line] = [each for each in result.stdout.splitlines() if each[7:].startswith(f"{name} ")]
    return line


def tree(folder: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes() if path.is_file() else b"folder"
        for path in sorted(folder.rglob("*"))
    }


def test_where_nothing_is_yet_it_says_what_will_be_made_and_makes_nothing(tmp_path: Path) -> None:
    result = checked()
    assert result.exit_code == 0
    assert all(line.startswith("ok ") for line in result.stdout.splitlines())
    for name in ("data", "database", "internal location"):
        assert "is not there yet: the service makes it when it starts" in line_of(result, name)
    assert list(tmp_path.iterdir()) == []


def test_where_all_is_well_it_says_so_and_changes_nothing(migrated: Path) -> None:
    before = tree(migrated)
    result = checked()
    assert result.exit_code == 0
    assert "has the schema of this version" in line_of(result, "database")
    assert f"{migrated}, writable" in line_of(result, "data")
    assert tree(migrated) == before


def test_settings_that_cannot_be_understood_are_all_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_HTTP__PROT", "1")
    monkeypatch.setenv("SERVICE_LGO__LEVEL", "info")
    result = checked()
    assert result.exit_code == 1
    assert result.stdout.count("WRONG  settings") == 2
    assert "did you mean SERVICE_HTTP__PORT?" in result.stdout


@pytest.mark.parametrize(
    ("settings", "name", "said"),
    [
        ({"SERVICE_DATA_DIR": "/dev/null/x"}, "data", "SERVICE_DATA_DIR: cannot write to"),
        (
            {"SERVICE_DATABASE__URL": "postgresql://127.0.0.1:1/p"},
            "database",
            "SERVICE_DATABASE__URL: cannot reach 'p' on 127.0.0.1:1",
        ),
        (
            {"SERVICE_DATABASE__URL": "oracle://x/y"},
            "database",
            "SERVICE_DATABASE__URL: the database must be",
        ),
        (
            {"SERVICE_STORAGE__INTERNAL__URL": "file:///dev/null"},
            "internal location",
            "the location is not a folder",
        ),
        (
            {
                "SERVICE_STORAGE__INTERNAL__S3__BUCKET": "b",
                "SERVICE_STORAGE__INTERNAL__S3__REGION": "r",
                "SERVICE_STORAGE__INTERNAL__S3__ENDPOINT": "http://127.0.0.1:1",
            },
            "internal location",
            "SERVICE_STORAGE__INTERNAL__S3: ",
        ),
        (
            {"SERVICE_EVENTS__URL": "redis://127.0.0.1:1"},
            "events",
            "SERVICE_EVENTS__URL: Redis does not answer",
        ),
        (
            {"SERVICE_TICKETS__URL": "redis://127.0.0.1:1"},
            "tickets",
            "SERVICE_TICKETS__URL: Redis does not answer",
        ),
        (
            {
                "SERVICE_AUTH__MODE": "oidc",
                "SERVICE_AUTH__OIDC": '[{"issuer": "http://127.0.0.1:1", "audiences": "a",'
                ' "claim_path": "b"}]',
            },
            "access control",
            "SERVICE_AUTH__OIDC: no keys of an identity provider: http://127.0.0.1:1",
        ),
        (
            {"SERVICE_AUDIT__PATH": "nowhere/audit.log"},
            "audit log",
            "SERVICE_AUDIT__PATH: there is no folder",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
def test_what_is_wrong_is_said_where_it_is_and_the_rest_is_looked_at_too(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], name: str, said: str
) -> None:
    for variable, value in settings.items():
        monkeypatch.setenv(variable, value)
    result = checked()
    assert result.exit_code == 1
    line = line_of(result, name)
    assert line.startswith("WRONG")
    assert said in line
    assert line_of(result, "reports").startswith("ok")


def test_redis_that_answers_is_said_to(
    monkeypatch: pytest.MonkeyPatch, redis_server: RedisServer
) -> None:
    monkeypatch.setenv("SERVICE_EVENTS__URL", redis_server.url)
    result = checked()
    assert result.exit_code == 0
    assert "Redis, it answers" in line_of(result, "events")
    assert "Redis, it answers" in line_of(result, "tickets")


def test_a_file_that_is_no_database_is_wrong(migrated: Path) -> None:
    (migrated / "storage.db").write_text("somebody's notes " * 40)
    result = checked()
    assert result.exit_code == 1
    assert "storage.db: file is not a database" in line_of(result, "database")


@pytest.mark.parametrize(
    ("revision", "mark", "said"),
    [
        ("0001", "ok", f"at revision 0001: to be migrated to {NEWEST}"),
        ("9999", "WRONG", "at revision 9999, which this version does not know"),
    ],
)
def test_a_database_of_another_version_is_told_apart(
    migrated: Path, revision: str, mark: str, said: str
) -> None:
    with closing(sqlite3.connect(migrated / "storage.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    line = line_of(checked(), "database")
    assert line.startswith(mark)
    assert said in line


def test_without_the_typesetter_nothing_is_wrong_but_it_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(typesetting, "find_spec", lambda _: None)
    result = checked()
    assert result.exit_code == 0
    assert "NOT written about deletions" in line_of(result, "reports")


@pytest.fixture
async def shelved(
    domain: Domain, migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Result]:
    """A service that has a location; the check of it."""
    shelf = await domain.add_location()
    await domain.database.close()
    (migrated / "storage.db").write_bytes((tmp_path / "storage.db").read_bytes())
    monkeypatch.setenv("SERVICE_STORAGE__KEY_FILE", str(tmp_path / "storage.key"))
    monkeypatch.setenv("SERVICE_STORAGE__FILE_ROOTS", str(domain.root))
    (domain.root / "shelf").mkdir(parents=True)
    monkeypatch.setenv("LOCATION", str(shelf.uuid))
    return checked


def test_a_location_that_can_be_used_is_said_to_be(shelved: Callable[[], Result]) -> None:
    result = shelved()
    assert result.exit_code == 0, result.stdout
    assert "'shelf', it answers" in line_of(result, f"location {os.environ['LOCATION']}")


def test_a_location_outside_of_the_roots_is_wrong(
    shelved: Callable[[], Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICE_STORAGE__FILE_ROOTS", "/nowhere")
    result = shelved()
    assert result.exit_code == 1
    assert "not under an allowed root" in line_of(result, "location")


def test_a_key_that_is_missing_where_it_is_needed_is_wrong_and_is_not_made(
    shelved: Callable[[], Result], tmp_path: Path
) -> None:
    (tmp_path / "storage.key").unlink()
    result = shelved()
    assert result.exit_code == 1
    assert "is missing: restore it from a backup" in line_of(result, "locations")
    assert not (tmp_path / "storage.key").exists()


def test_another_key_is_wrong(shelved: Callable[[], Result], tmp_path: Path) -> None:
    (tmp_path / "storage.key").write_bytes(b"x" * 32)
    result = shelved()
    assert result.exit_code == 1
    assert "sealed with another key" in line_of(result, "location")


async def test_a_migration_says_each_of_its_steps(tmp_path: Path) -> None:
    said: list[str] = []
    url = f"sqlite+aiosqlite:///{tmp_path / 'steps.db'}"
    await migrate(url, SCRIPTS, SCHEMA, tell=said.append)
    assert said[0] == "0001 done: The log of events, the journal of workflows, and the entities."
    assert said[-1].startswith(f"{NEWEST} done: ")
    del said[:]
    await migrate(url, SCRIPTS, SCHEMA, target="0001", tell=said.append)
    assert said[0].startswith(f"{NEWEST} taken back: ")
    del said[:]
    await migrate(url, SCRIPTS, SCHEMA, newest=NEWEST, tell=said.append)
    await migrate(url, SCRIPTS, SCHEMA, newest=NEWEST, tell=said.append)
    assert len(said) == int(NEWEST) - 1
    del said[:]
    await migrate(f"{url}2", SCRIPTS, SCHEMA, newest=NEWEST, tell=said.append)
    assert said == [f"{NEWEST} done: all tables made, the database was empty"]
