"""Structured logs: one line an occurrence, for machines (JSON) or for people."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any, Final, Literal, TextIO

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.types import EventDict, ExcInfo, Processor, WrappedLogger

from service.visible import visible

SECRET_KEYS: Final = frozenset(
    {"authorization", "config", "cookie", "key", "password", "secret", "ticket", "token", "url"}
)
"""Keys whose values are never written, whoever logs them."""

HIDDEN: Final = "[hidden]"


def configure_logs(*, level: str, format: Literal["json", "console"] | None) -> None:
    """Send all logs of this process to stderr; without a format, people get one on a terminal."""
    to_people = format == "console" or (format is None and sys.stderr.isatty())
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
        make_visible,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_end(to_people),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for library in ("uvicorn", "websockets", "alembic", "aiosqlite", "httpx2", "httpcore2"):
        logging.getLogger(library).setLevel(logging.WARNING)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide the values of keys that name a secret."""
    for key in SECRET_KEYS.intersection(event):
        event[key] = HIDDEN
    return event


def make_visible(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Spell out what does not print: a log is read on a terminal, and holds texts of strangers."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = visible(value)
    return event


def _write_traceback(target: TextIO, error: ExcInfo) -> None:
    for line in "".join(traceback.format_exception(*error)).rstrip("\n").split("\n"):
        target.write(f"\n{visible(line)}")


def _end(to_people: bool) -> list[Any]:
    # structlog's own renderers show the local variables of every frame: tokens and secrets.
    if to_people:
        return [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(),
                exception_formatter=_write_traceback,
            )
        ]
    return [
        structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
