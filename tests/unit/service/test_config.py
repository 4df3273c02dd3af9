"""Settings: where they come from, what is refused, and how that is said."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from service.config import SettingsError, load_settings
from service.settings import Settings
from service.storage.blobs.s3_place import S3Place

HUSH = "hush-hush"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings but those of the test, in an empty working folder."""
    for name in list(os.environ):
        if name.upper().startswith("SERVICE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def flaws(file: Path | None = None) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    return caught.value.flaws


def test_without_settings_the_service_keeps_to_itself(tmp_path: Path) -> None:
    settings = load_settings()
    assert (settings.http.host, settings.http.port) == ("127.0.0.1", 9000)
    assert settings.auth.mode == "development"
    assert settings.data_folder == tmp_path / "data"
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/data/storage.db"
    assert settings.events_url == settings.tickets_url == "memory://"
    assert settings.internal_url == (tmp_path / "data" / "internal").as_uri()
    assert settings.file_roots == (tmp_path / "data" / "locations",)
    assert settings.key_file == tmp_path / "data" / "storage.key"
    assert settings.http.serves_documents


@pytest.mark.parametrize(
    ("variable", "value", "read", "expected"),
    [
        ("SERVICE_DATA_DIR", "/srv/x", lambda s: s.data_folder, Path("/srv/x")),
        ("SERVICE_HTTP__HOST", "::1", lambda s: s.http.host, "::1"),
        ("SERVICE_HTTP__HOST", "localhost", lambda s: s.http.loopback, True),
        ("SERVICE_HTTP__PORT", "9100", lambda s: s.http.port, 9100),
        ("SERVICE_HTTP__PORT", "", lambda s: s.http.port, 9000),
        ("SERVICE_HTTP__DRAIN_SECONDS", "0.5", lambda s: s.http.drain_seconds, 0.5),
        ("SERVICE_HTTP__DOCS", "false", lambda s: s.http.serves_documents, False),
        (
            "SERVICE_HTTP__ALLOWED_ORIGINS",
            "https://a.test, https://*.b.test",
            lambda s: s.http.allowed_origins,
            ("https://a.test", "https://*.b.test"),
        ),
        ("SERVICE_DATABASE__URL", "sqlite+aiosqlite:////x", lambda s: s.database_url[-2:], "/x"),
        ("SERVICE_EVENTS__URL", "redis://r:1", lambda s: s.tickets_url, "redis://r:1"),
        ("SERVICE_TICKETS__URL", "redis://r:1", lambda s: s.tickets_url, "redis://r:1"),
        ("SERVICE_AUTH__MODE", "off", lambda s: s.auth.mode, "off"),
        ("SERVICE_STORAGE__INTERNAL__URL", "file:///i", lambda s: s.internal_url, "file:///i"),
        (
            "SERVICE_STORAGE__FILE_ROOTS",
            "/a:/b",
            lambda s: s.file_roots,
            (Path("/a"), Path("/b")),
        ),
        ("SERVICE_STORAGE__S3_ENDPOINTS", "", lambda s: s.storage.s3_endpoints, None),
        (
            "SERVICE_STORAGE__S3_ENDPOINTS",
            "https://S3.test, http://10.0.0.7:9000/",
            lambda s: s.storage.s3_endpoints,
            ("https://s3.test:443", "http://10.0.0.7:9000"),
        ),
        ("SERVICE_STORAGE__KEY_FILE", "/k", lambda s: s.key_file, Path("/k")),
        ("SERVICE_LOG__LEVEL", "debug", lambda s: s.log.level, "debug"),
        ("SERVICE_LOG__FORMAT", "json", lambda s: s.log.format, "json"),
        ("service_http__port", "9100", lambda s: s.http.port, 9100),
    ],
)
def test_the_environment_sets(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, read: object, expected: object
) -> None:
    monkeypatch.setenv(variable, value)
    assert callable(read)
    assert read(load_settings()) == expected


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "my.toml"
    file.write_text("[http]\nport = 9100\ndrain_seconds = 2\n[storage]\nfile_roots = ['/a']\n")
    monkeypatch.setenv("SERVICE_HTTP__PORT", "9200")
    settings = load_settings(file)
    assert (settings.http.port, settings.http.drain_seconds) == (9200, 2)
    assert settings.file_roots == (Path("/a"),)


def test_a_file_is_named_by_the_environment_or_by_its_own_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "storage-service.toml").write_text("[http]\nport = 9100\n")
    assert load_settings().http.port == 9100
    (tmp_path / "other.toml").write_text("[http]\nport = 9200\n")
    monkeypatch.setenv("SERVICE_CONFIG", "other.toml")
    assert load_settings().http.port == 9200


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("SERVICE_HTTP__PROT", "1", "no such setting; did you mean SERVICE_HTTP__PORT?"),
        ("SERVICE_DATADIR", "x", "no such setting; did you mean SERVICE_DATA_DIR?"),
        ("SERVICE_XYZZY", "x", "SERVICE_XYZZY (in the environment): there is no such setting"),
        ("SERVICE_HTTP", "{}", "no such setting"),
        ("SERVICE_HTTP__PORT", "many", "SERVICE_HTTP__PORT: must be a whole number, not 'many'"),
        ("SERVICE_HTTP__PORT", "65536", "SERVICE_HTTP__PORT: input should be less than"),
        ("SERVICE_HTTP__DOCS", "maybe", "SERVICE_HTTP__DOCS: must be true or false"),
        ("SERVICE_HTTP__ALLOWED_ORIGINS", "/[/", "SERVICE_HTTP__ALLOWED_ORIGINS: "),
        ("SERVICE_HTTP__HOST", "0.0.0.0", "SERVICE_HTTP__HOST: 0.0.0.0 can be reached"),
        ("SERVICE_HTTP__HOST", "example.org", "SERVICE_HTTP__HOST: example.org can be reached"),
        ("SERVICE_AUTH__MODE", "odic", "SERVICE_AUTH__MODE: input should be 'development'"),
        ("SERVICE_AUTH__MODE", "oidc", "SERVICE_AUTH__MODE: oidc needs an identity provider"),
        ("SERVICE_EVENTS__URL", f"amqp://{HUSH}@x", "SERVICE_EVENTS__URL: must be memory://"),
        ("SERVICE_STORAGE__INTERNAL__URL", "s3://x", "must be a file:// URL"),
        ("SERVICE_STORAGE__S3_ENDPOINTS", "s3.test", "S3_ENDPOINTS: the endpoint must be an addr"),
        ("SERVICE_STORAGE__INTERNAL__S3__KEY", HUSH, "S3__BUCKET: is needed, beside"),
        ("SERVICE_STORAGE__INTERNAL__S3__BUCKET", "a/b", "INTERNAL__S3: the bucket is no name"),
    ],
)
def test_what_cannot_be_is_refused_with_where_and_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv(variable, value)
    found = "\n".join(flaws())
    assert said in found
    assert HUSH not in found


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"S3__SECRET": HUSH}, "INTERNAL__S3: key and secret belong together"),
        ({"S3__ENDPOINT": f"https://{HUSH}@x"}, "INTERNAL__S3: the endpoint has a host"),
        ({"URL": "file:///i"}, "the internal location cannot also be a folder"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else None,
)
def test_a_bucket_for_the_internal_location_must_be_one_that_can_be_opened(
    monkeypatch: pytest.MonkeyPatch, more: dict[str, str], said: str
) -> None:
    monkeypatch.setenv("SERVICE_STORAGE__INTERNAL__S3__BUCKET", "packages")
    for name, value in more.items():
        monkeypatch.setenv(f"SERVICE_STORAGE__INTERNAL__{name}", value)
    found = "\n".join(flaws())
    assert said in found
    assert HUSH not in found


def test_the_internal_location_may_be_a_bucket(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "my.toml").write_text(
        '[storage.internal.s3]\nbucket = "packages"\nendpoint = "https://s3.example"\n'
        'path_style = true\nkey = "k"\nsecret = "s"\n'
    )
    settings = load_settings(tmp_path / "my.toml")
    assert settings.storage.internal.s3.place == S3Place(
        bucket="packages",
        region="us-east-1",
        endpoint="https://s3.example",
        path_style=True,
        key="k",
        secret="s",
    )


def test_a_secret_of_the_wrong_kind_is_not_repeated(tmp_path: Path) -> None:
    (tmp_path / "my.toml").write_text('[storage.internal.s3]\nbucket = "b"\nsecret = 4711\n')
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "my.toml")
    assert "storage.internal.s3.secret" in str(caught.value)
    assert "4711" not in str(caught.value)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1"])
def test_access_control_switched_off_does_not_leave_the_machine(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("SERVICE_AUTH__MODE", "off")
    monkeypatch.setenv("SERVICE_HTTP__HOST", host)
    assert "SERVICE_AUTH__MODE=off" in flaws()[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[http]\nprot = 1\n", "http.prot (in my.toml): there is no such setting; did you mean"),
        ("[htpp]\nport = 1\n", "htpp (in my.toml): there is no such setting; did you mean http?"),
        ("[storage.internl]\nurl = ''\n", "did you mean storage.internal"),
        ("[http]\nport = 'x'\n", "http.port in my.toml: must be a whole number"),
        ("http = 1\n", "http in my.toml: must be a table of settings"),
        ("[http\n", "my.toml: not valid TOML"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "my.toml").write_text(text)
    assert said in "\n".join(flaws(Path("my.toml")))


def test_a_file_that_is_not_there_is_named() -> None:
    assert flaws(Path("nowhere.toml")) == ["settings file nowhere.toml: No such file or directory"]


def test_all_mistakes_are_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_HTTP__PORT", "x")
    monkeypatch.setenv("SERVICE_LOG__LEVEL", "loud")
    assert len(flaws()) == 2


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_EVENTS__URL", f"redis://:{HUSH}@r:1")
    monkeypatch.setenv("SERVICE_DATABASE__URL", f"sqlite+aiosqlite://{HUSH}@/x")
    settings: Settings = load_settings()
    assert HUSH not in repr(settings)
    assert HUSH not in settings.model_dump_json()
