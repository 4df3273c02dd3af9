"""What a process says when it is ready: where it is, and what it stands on, without a secret."""

from __future__ import annotations

from collections.abc import Callable
from socket import socket
from typing import Final, TypeAlias

from service.listeners import Listeners, metrics_address
from service.settings import MEMORY, Settings
from service.version import VERSION

Tell: TypeAlias = Callable[[str], None]
"""Prints a line."""

METRICS_OFF: Final = "off (SERVICE_METRICS__PORT)"
LEFT: Final = "left to storage-service worker (SERVICE_WORKFLOWS__RUN)"


def announce(settings: Settings, listeners: Listeners, tell: Tell) -> None:
    """Say that the service can be used, and all that it stands on."""
    from service.storage.reports.typesetting import told

    address = listeners.address
    documents = (
        f"{address}/docs  (/openapi.json, /asyncapi.json)"
        if settings.http.serves_documents
        else "not served (SERVICE_HTTP__DOCS)"
    )
    access = {
        "development": 'signed tokens; get one with: make -s token ATTRIBUTES="storage:aips:list"',
        "oidc": f"tokens of {_providers(settings)}",
        "off": "off: everybody may do everything, without a token",
    }[settings.auth.mode]
    events = (
        "memory, for this process alone" if settings.events_url == MEMORY else "Redis, it answers"
    )
    for name, value in (
        ("listening on", address),
        ("documents", documents),
        ("access control", access),
        *_kept(settings),
        ("events", events),
        ("workflows", "performed here, one process at a time" if settings.workflows.run else LEFT),
        ("metrics", ", ".join(listeners.metrics_addresses) or METRICS_OFF),
        ("audit log", str(settings.audit_path or "off (SERVICE_AUDIT__PATH)")),
        ("reports", told()),
        ("processes", str(settings.http.workers)),
    ):
        tell(_line(name, value))
    tell(f"Storage service {VERSION} is ready. Ctrl-C stops it.")


def announce_worker(
    settings: Settings, other: str | None, metrics: socket | None, tell: Tell
) -> None:
    """Say that a worker is ready, or that it waits for ``other`` to go, and where its numbers are."""
    memory = "memory: who watches hears of them up to a second late (SERVICE_EVENTS__URL)"
    for name, value in _kept(settings):
        tell(_line(name, value))
    tell(_line("events", memory if settings.events_url == MEMORY else "Redis, it answers"))
    tell(
        _line(
            "workflows",
            f"performed by {other}; here when it is gone" if other else "performed here",
        )
    )
    tell(_line("metrics", metrics_address(metrics) if metrics else METRICS_OFF))
    tell(f"Storage service {VERSION}: the worker is ready. Ctrl-C stops it.")


def _kept(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Say where all is kept: a setting that was forgotten shows here, before anything is recorded."""
    from runtime.database.address import parse, place
    from service.storage.blobs.locations import folder_of

    bucket = settings.storage.internal.s3.place
    internal = f"bucket {bucket.bucket}" if bucket else str(folder_of(settings.internal_url))
    return (
        ("data", f"{settings.data_folder}, writable"),
        ("database", f"{place(parse(settings.database_url))}, has its schema"),
        ("packages", f"{internal}, and the recorded locations"),
    )


def _line(name: str, value: str) -> str:
    return f"  {name:<15} {value}"


def _providers(settings: Settings) -> str:
    """Name the identity providers, whose keys are there by now, and those that restrict nobody."""
    return ", ".join(
        f"{each.issuer} (it answers{'' if each.access_control else '; EVERY bearer may do all'})"
        for each in settings.auth.oidc
    )
