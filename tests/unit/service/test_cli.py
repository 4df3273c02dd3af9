"""The command: what it prints, and how it says what it cannot do."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from runtime.auth.attributes import NOTHING, Attributes
from service.cli import application
from service.config import load_settings
from service.tokens import token_keys


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those of the test; its own logs stay those of pytest."""
    for name in list(os.environ):
        if name.upper().startswith("SERVICE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SERVICE_HTTP__PORT", "0")
    # A service may run on this machine, with the port that is usual for its metrics.
    monkeypatch.setenv("SERVICE_METRICS__PORT", "0")
    monkeypatch.setattr("service.logs.configure_logs", lambda **_: None)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SERVICE_EVENTS__URL": "redis://127.0.0.1:1"}, "SERVICE_EVENTS__URL: Redis does not"),
        ({"SERVICE_TICKETS__URL": "redis://127.0.0.1:1"}, "SERVICE_TICKETS__URL: Redis does not"),
        ({"SERVICE_DATABASE__URL": "oracle://x/y"}, "SERVICE_DATABASE__URL: the database must be"),
        ({"SERVICE_DATABASE__URL": "nonsense"}, "the database must be sqlite:///path"),
        (
            {"SERVICE_DATABASE__URL": "postgresql://127.0.0.1:1/p"},
            "cannot reach 'p' on 127.0.0.1:1",
        ),
        ({"SERVICE_DATABASE__URL": "mariadb://127.0.0.1:1/y"}, "cannot reach 'y' on 127.0.0.1:1"),
        ({"SERVICE_DATA_DIR": "/dev/null/x"}, "SERVICE_DATA_DIR: cannot write to /dev/null/x"),
        (
            {"SERVICE_STORAGE__INTERNAL__URL": "file:///proc/nowhere"},
            "SERVICE_STORAGE__INTERNAL__URL: cannot write to /proc/nowhere",
        ),
        (
            {
                "SERVICE_STORAGE__INTERNAL__S3__BUCKET": "packages",
                "SERVICE_STORAGE__INTERNAL__S3__ENDPOINT": "http://127.0.0.1:1",
                "SERVICE_STORAGE__INTERNAL__S3__KEY": "k",
                "SERVICE_STORAGE__INTERNAL__S3__SECRET": "s",
            },
            "SERVICE_STORAGE__INTERNAL__S3: cannot write object storage-service-probe-",
        ),
        ({"SERVICE_STORAGE__KEY_FILE": "/dev/null"}, "key file /dev/null: does not hold a key"),
        ({"SERVICE_HTTP__HOST": "no.such.host.invalid", "SERVICE_HTTP__DOCS": "x"}, "DOCS"),
        ({"SERVICE_HTTP__PROT": "1"}, "did you mean SERVICE_HTTP__PORT?"),
        ({"SERVICE_AUTH__MODE": "oidc"}, "oidc needs an identity provider"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
def test_what_it_cannot_start_with_is_said_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    ended = run("serve")
    assert ended.exit_code == 1
    assert said in ended.stderr
    assert "is ready" not in ended.stdout


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "data" / "storage.db"
    file.parent.mkdir()
    file.write_text("not a database, but somebody's notes " * 40)
    ended = run("serve")
    assert ended.exit_code == 1
    assert "storage.db: file is not a database" in ended.stderr
    assert file.read_text().startswith("not a database")


def test_a_token_is_printed_alone() -> None:
    ended = run("token", "--attributes", "storage:aips:list *")
    assert ended.exit_code == 0
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+\n", ended.stdout)
    assert ended.stderr == ""


async def test_a_token_allows_what_was_asked_for_and_no_more() -> None:
    verify = token_keys(load_settings()).verify
    nothing = await verify(run("token").stdout.strip())
    some = await verify(
        run("token", "--attributes", "a:b  c:*", "--email", "e@x", "--subject", "s").stdout.strip()
    )
    assert nothing.attributes == NOTHING
    assert some.attributes == Attributes.of(["a:b", "c:*"])
    assert (some.subject, some.email) == ("s", "e@x")


def test_where_access_control_is_off_there_is_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_AUTH__MODE", "off")
    ended = run("token")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "no token is needed" in ended.stderr


def test_where_an_identity_provider_issues_tokens_none_is_printed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider = '[{"issuer": "http://127.0.0.1:1", "audiences": "a", "claim_path": "b"}]'
    monkeypatch.setenv("SERVICE_AUTH__MODE", "oidc")
    monkeypatch.setenv("SERVICE_AUTH__OIDC", provider)
    ended = run("token")
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert "only development mode makes tokens" in ended.stderr
    ended = run("serve")
    assert ended.exit_code == 1
    assert "SERVICE_AUTH__OIDC: no keys of an identity provider: http://127.0.0.1:1" in ended.stderr


def test_the_database_is_migrated_on_demand(tmp_path: Path) -> None:
    assert run("migrate").exit_code == 0
    assert (tmp_path / "data" / "storage.db").is_file()


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        ("", ""),
        ("* storage:* storage:aips:* storage:aips:deletion:auto,storage:locations:list", ""),
        (
            "storage:aip:list",
            "storage:aip:list allows nothing here; did you mean storage:aips:list?",
        ),
        ("nonsense", "nonsense allows nothing here"),
        ("storage:aips:list:*", "storage:aips:list:* allows nothing here; did you mean"),
    ],
)
def test_an_attribute_that_allows_nothing_is_named_beside_the_token(
    attributes: str, said: str
) -> None:
    ended = run("token", "--attributes", attributes)
    assert ended.exit_code == 0
    assert len(ended.stdout.split()) == 1
    if said:
        assert ended.stderr.startswith(f"storage-service: {said}")
        assert len(ended.stderr.splitlines()) == 1
    else:
        assert ended.stderr == ""


def test_help_names_every_command() -> None:
    said = run("--help").stdout
    for command in (
        "serve",
        "worker",
        "token",
        "watch",
        "migrate",
        "check",
        "revoke",
        "revocations",
        "events",
    ):
        assert command in said


@pytest.mark.parametrize(
    ("command", "default"),
    [
        (["serve"], "storage-service.toml"),
        (["watch"], "where serve listens"),
        (["events", "tail"], "what comes now"),
    ],
    ids=" ".join,
)
def test_help_says_what_holds_for_an_option_that_is_left_out(
    command: list[str], default: str
) -> None:
    said = re.sub(r"[│\s]+", " ", run(*command, "--help").stdout)
    assert f"(default: {default})" in said
