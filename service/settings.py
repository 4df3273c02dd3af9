"""The settings: their names, their meaning, their defaults and their bounds."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from runtime.auth.places import LIMITS, PlaceLimits
from runtime.http.origin import check_origin_pattern
from service.providers import ProviderSettings, from_json
from service.storage.blobs.s3_place import S3Place, origin_of
from service.storage.blobs.store import InvalidLocation

PREFIX: Final = "SERVICE_"
MEMORY: Final = "memory://"


class Section(BaseModel):
    """A group of settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _words(value: object) -> object:
    """Take a text for a list of words, between which are commas or spaces."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


class HTTPSettings(Section):
    """Where the service listens.

    ``workers`` is how many processes serve; more than one need Redis.  ``body_seconds`` is how long
    the body of a request may take to arrive, ``drain_seconds`` how long connections may take to end
    when the service stops.  ``docs`` serves the documents; when not said they are open on loopback
    only.  ``allowed_origins`` are the origins, beside its own, from which a browser may open the
    monitor.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 9000
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    body_seconds: Annotated[float, Field(gt=0, le=3600)] = 30.0
    drain_seconds: Annotated[float, Field(ge=0, le=60)] = 1.0
    docs: bool | None = None
    allowed_origins: Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)] = ()

    @field_validator("allowed_origins")
    @classmethod
    def _patterns(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in value:
            check_origin_pattern(pattern)
        return value

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the service."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def serves_documents(self) -> bool:
        """Whether the documents are served."""
        return self.loopback if self.docs is None else self.docs


class MetricsSettings(Section):
    """Where ``/metrics`` is served, on loopback; ``None`` is nowhere, written ``off``."""

    port: Annotated[int, Field(ge=0, le=65535)] | None = 9001

    @field_validator("port", mode="before")
    @classmethod
    def _off(cls, value: object) -> object:
        return None if value == "off" else value


class DatabaseSettings(Section):
    """The database; SQLite in the data folder when not said."""

    url: SecretStr | None = None


class EventsSettings(Section):
    """The doorbell between processes, ``memory://`` or ``redis://...``, and what is kept.

    Events older than ``keep_seconds`` are removed, and the oldest where there are more than
    ``keep_count``.
    """

    url: SecretStr = SecretStr(MEMORY)
    keep_seconds: Annotated[float, Field(ge=1)] = 7 * 24 * 3600
    keep_count: Annotated[int, Field(ge=1)] = 1_000_000


class WorkflowsSettings(Section):
    """Whether ``serve`` performs workflows itself, or leaves them to ``storage-service worker``.

    What the engine has recorded of a workflow is removed ``keep_seconds`` after its end, 0 for
    never; the history that people see is not.
    """

    run: bool = True
    keep_seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 30 * 24 * 3600


class TicketsSettings(Section):
    """Where tickets are kept; where the events are when not said."""

    url: SecretStr | None = None


class MonitorSettings(Section):
    """What watching may cost one process.

    ``watchers`` is how many connections it serves at a time, ``watchers_per_subject`` how many of
    them one person or program may hold, ``events_per_second`` how many events each is sent.
    """

    watchers: Annotated[int, Field(ge=0)] = LIMITS.of_all
    watchers_per_subject: Annotated[int, Field(ge=0)] = LIMITS.of_one
    events_per_second: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    @property
    def limits(self) -> PlaceLimits:
        """Both limits of connections."""
        return PlaceLimits(of_one=self.watchers_per_subject, of_all=self.watchers)


class AuthSettings(Section):
    """How callers prove who they are; ``oidc`` are the identity providers of that mode, in the
    order in which they are tried (JSON in the environment).
    """

    mode: Literal["development", "oidc", "off"] = "development"
    oidc: Annotated[tuple[ProviderSettings, ...], NoDecode] = ()

    @field_validator("oidc", mode="before")
    @classmethod
    def _tables(cls, value: object) -> object:
        value = from_json(value, "an array with an object for each provider")
        if not isinstance(value, list | tuple):
            raise ValueError("must be an array: [[auth.oidc]] in a file, [{...}] in JSON")
        return value


class S3Settings(Section):
    """A bucket of a store that speaks S3; none without ``bucket``.

    Without ``endpoint`` it is Amazon's.  Without ``key`` the credentials are those that the
    service has where it runs.
    """

    bucket: str | None = None
    region: str = "us-east-1"
    endpoint: str | None = None
    path_style: bool = False
    key: SecretStr | None = None
    secret: SecretStr | None = None
    token: SecretStr | None = None

    @property
    def place(self) -> S3Place | None:
        """The bucket, if there is one."""
        if self.bucket is None:
            return None
        return S3Place(
            bucket=self.bucket,
            region=self.region,
            endpoint=self.endpoint,
            path_style=self.path_style,
            key=_revealed(self.key),
            secret=_revealed(self.secret),
            token=_revealed(self.token),
        )


def _revealed(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


class InternalSettings(Section):
    """The internal location: a folder or a bucket; a folder in the data folder when not said."""

    url: str | None = None
    s3: S3Settings = S3Settings()


class StorageSettings(Section):
    """Locations.

    Every ``file://`` location must lie under one of ``file_roots`` (several are joined by ``:`` in
    the environment).  ``s3_endpoints`` are the only ones that a location may name beside Amazon's;
    when not said it may name any.  ``key_file`` holds the key that seals the configuration of
    locations.
    """

    internal: InternalSettings = InternalSettings()
    file_roots: Annotated[tuple[Path, ...] | None, NoDecode] = None
    s3_endpoints: Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(_words)] = None
    key_file: Path | None = None

    @field_validator("file_roots", mode="before")
    @classmethod
    def _paths(cls, value: object) -> object:
        return tuple(filter(None, value.split(os.pathsep))) if isinstance(value, str) else value

    @field_validator("s3_endpoints")
    @classmethod
    def _origins(cls, value: tuple[str, ...] | None) -> tuple[str, ...] | None:
        try:
            return None if value is None else tuple(map(origin_of, value))
        except InvalidLocation as error:
            raise ValueError(str(error)) from None


class AuditSettings(Section):
    """Where it is recorded who did what, and who was refused; nowhere when not said.

    A file that would become larger than ``max_bytes`` is put aside, and ``keep_files`` older ones
    are kept.
    """

    path: Path | None = None
    max_bytes: Annotated[int, Field(ge=1_000_000)] = 100_000_000
    keep_files: Annotated[int, Field(ge=0, le=10_000)] = 10


class LogSettings(Section):
    """What is logged, and how: ``json``, ``console``, or what fits when not said."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "console"] | None = None


class Settings(BaseSettings):
    """Everything that can be set.  Paths are relative to the working folder."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
    )

    data_dir: Path = Path("data")
    http: HTTPSettings = HTTPSettings()
    metrics: MetricsSettings = MetricsSettings()
    database: DatabaseSettings = DatabaseSettings()
    events: EventsSettings = EventsSettings()
    workflows: WorkflowsSettings = WorkflowsSettings()
    tickets: TicketsSettings = TicketsSettings()
    monitor: MonitorSettings = MonitorSettings()
    auth: AuthSettings = AuthSettings()
    storage: StorageSettings = StorageSettings()
    audit: AuditSettings = AuditSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, whose content is given to the constructor."""
        return env_settings, init_settings

    @property
    def data_folder(self) -> Path:
        """The data folder, absolute."""
        return self.data_dir.absolute()

    @property
    def database_url(self) -> str:
        """The database to open.  It may hold a password: never to be logged."""
        if self.database.url is not None:
            return self.database.url.get_secret_value()
        return f"sqlite+aiosqlite:///{self.data_folder / 'storage.db'}"

    @property
    def events_url(self) -> str:
        """The doorbell to use.  It may hold a password: never to be logged."""
        return self.events.url.get_secret_value()

    @property
    def tickets_url(self) -> str:
        """The store of tickets to use.  It may hold a password: never to be logged."""
        return (self.tickets.url or self.events.url).get_secret_value()

    @property
    def internal_url(self) -> str:
        """The internal location, if it is a folder."""
        return self.storage.internal.url or (self.data_folder / "internal").as_uri()

    @property
    def file_roots(self) -> tuple[Path, ...]:
        """The folders under which locations may lie."""
        roots = self.storage.file_roots
        if roots is None:
            return (self.data_folder / "locations",)
        return tuple(root.absolute() for root in roots)

    @property
    def key_file(self) -> Path:
        """The key that seals the configuration of locations."""
        return (self.storage.key_file or self.data_folder / "storage.key").absolute()

    @property
    def audit_path(self) -> Path | None:
        """The file of the audit log, absolute."""
        return self.audit.path and self.audit.path.absolute()

    @property
    def token_key_file(self) -> Path:
        """The key that signs development tokens."""
        return self.data_folder / "tokens.key"
