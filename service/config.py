"""Reading the settings: from a TOML file and the environment, checked before anything starts.

The environment wins over the file, the file over the defaults.  A key nobody knows is refused with
a suggestion, and every mistake of one start is shown together: what, where, how to mend it.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from service.settings import MEMORY, PREFIX, InternalSettings, Settings
from service.storage.blobs.store import InvalidLocation

CONFIG_VARIABLE: Final = "SERVICE_CONFIG"
DEFAULT_FILE: Final = Path("storage-service.toml")

MENDING: Final[Mapping[str, str]] = MappingProxyType(
    {
        "int_parsing": "must be a whole number",
        "float_parsing": "must be a number",
        "bool_parsing": "must be true or false",
        "model_type": "must be a table of settings",
        "missing": "is needed",
    }
)


SECRET: Final = (".url", ".key", ".secret", ".token")
"""How the names of settings end whose value is never repeated."""


class SettingsError(Exception):
    """Settings that cannot be used; one sentence for each mistake in ``flaws``."""

    def __init__(self, flaws: list[str]) -> None:
        super().__init__("\n".join(flaws))
        self.flaws = flaws


def load_settings(file: Path | None = None) -> Settings:
    """Read the settings.

    Args:
        file: A TOML file; without it the one that ``SERVICE_CONFIG`` names, without that
            ``storage-service.toml`` if it is there.

    Raises:
        SettingsError: Something cannot be read, is unknown, out of bounds, or contradicts itself.
    """
    file = _file(file)
    values = {} if file is None else _read(file)
    flaws = [
        *_unknown_keys(values, Settings, where=f"in {file}"),
        *_unknown_variables(),
    ]
    if flaws:
        raise SettingsError(flaws)
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError([_sentence(each, file) for each in error.errors()]) from None
    if flaws := list(_contradictions(settings)):
        raise SettingsError(flaws)
    return settings


def _file(given: Path | None) -> Path | None:
    if given is not None:
        return given
    if named := os.environ.get(CONFIG_VARIABLE):
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.is_file() else None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError([f"settings file {file}: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError([f"settings file {file}: not valid TOML: {error}"]) from error


def _names(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """Yield the dotted name of every setting."""
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _names(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name


def _unknown_keys(
    values: Mapping[str, Any], model: type[BaseModel], *, where: str, prefix: str = ""
) -> Iterator[str]:
    for key, value in values.items():
        field = model.model_fields.get(key)
        if field is None:
            known = [prefix + name for name in model.model_fields]
            yield f"{prefix}{key} ({where}): there is no such setting" + _suggestion(
                prefix + key, [*known, *_names(Settings)]
            )
        elif (
            isinstance(value, Mapping)
            and isinstance(field.annotation, type)
            and issubclass(field.annotation, BaseModel)
        ):
            yield from _unknown_keys(value, field.annotation, where=where, prefix=f"{prefix}{key}.")


def _unknown_variables() -> Iterator[str]:
    known = {CONFIG_VARIABLE, *map(_variable, _names(Settings))}
    for name in os.environ:
        if name.upper().startswith(PREFIX) and name.upper() not in known:
            yield f"{name} (in the environment): there is no such setting" + _suggestion(
                name.upper(), sorted(known)
            )


def _suggestion(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _variable(name: str) -> str:
    return PREFIX + name.upper().replace(".", "__")


def _sentence(error: ErrorDetails, file: Path | None) -> str:
    names = list(_names(Settings))
    parts = [str(part) for part in error["loc"]]
    length = next((n for n in range(len(parts), 0, -1) if ".".join(parts[:n]) in names), len(parts))
    name, inside = ".".join(parts[:length]), _inside(parts[length:])
    variable = _variable(name)
    set_in = {key.upper() for key in os.environ}
    where = (
        f"{variable}{inside}" if variable in set_in or file is None else f"{name}{inside} in {file}"
    )
    said = error["msg"].removeprefix("Value error, ")
    message = MENDING.get(error["type"], said[:1].lower() + said[1:])
    shown = not name.endswith(SECRET) and isinstance(error["input"], str | int | float)
    return f"{where}: {message}" + (f", not {error['input']!r}" if shown else "")


def _inside(parts: list[str]) -> str:
    """Say which part of a setting that is a list of tables."""
    return "".join(f"[{part}]" if part.isdigit() else f".{part}" for part in parts)


def _contradictions(settings: Settings) -> Iterator[str]:
    if settings.auth.mode == "oidc":
        if not settings.auth.oidc:
            yield (
                "SERVICE_AUTH__MODE: oidc needs an identity provider: [[auth.oidc]] in a file, or"
                " SERVICE_AUTH__OIDC"
            )
    elif not settings.http.loopback:
        yield (
            f"SERVICE_HTTP__HOST: {settings.http.host} can be reached from other machines, which"
            f" SERVICE_AUTH__MODE={settings.auth.mode} does not allow; listen on 127.0.0.1"
        )
    for variable, url in (
        ("SERVICE_EVENTS__URL", settings.events_url),
        ("SERVICE_TICKETS__URL", settings.tickets_url),
    ):
        if url != MEMORY and not url.startswith(("redis://", "rediss://", "unix://")):
            yield f"{variable}: must be memory:// or a Redis URL (redis://host:port/0)"
    yield from _several(settings)
    yield from _internal_contradictions(settings.storage.internal)


def _internal_contradictions(internal: InternalSettings) -> Iterator[str]:
    url, s3 = "SERVICE_STORAGE__INTERNAL__URL", "SERVICE_STORAGE__INTERNAL__S3__BUCKET"
    if internal.url is not None and not internal.url.startswith("file://"):
        yield f"{url}: must be a file:// URL; a bucket is named by {s3}"
    if internal.s3.place is None:
        if internal.s3.model_fields_set:
            yield f"{s3}: is needed, beside the other settings of the internal location in S3"
        return
    if internal.url is not None:
        yield f"{s3}: the internal location cannot also be a folder; take {url} away"
    try:
        internal.s3.place.check()
    except InvalidLocation as error:
        yield f"SERVICE_STORAGE__INTERNAL__S3: {error}"


def _several(settings: Settings) -> Iterator[str]:
    """Yield what keeps several processes from serving together."""
    workers = settings.http.workers
    if workers == 1:
        return
    if settings.events_url == MEMORY:
        yield (
            f"SERVICE_HTTP__WORKERS: {workers} processes hear of each other's events through Redis:"
            " set SERVICE_EVENTS__URL=redis://..., or serve with 1"
        )
    elif settings.tickets_url == MEMORY:
        yield (
            f"SERVICE_HTTP__WORKERS: {workers} processes know each other's tickets through Redis:"
            " set SERVICE_TICKETS__URL=redis://..., or serve with 1"
        )
    if (port := settings.metrics.port) and port + workers > 65536:
        yield f"SERVICE_METRICS__PORT: {workers} processes need as many ports from {port} on"
