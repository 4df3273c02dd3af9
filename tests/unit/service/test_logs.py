"""Logs: one line an occurrence, and no secret in it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Literal

import pytest
import structlog

from service.logs import HIDDEN, SECRET_KEYS, configure_logs, hide_secrets, make_visible


@pytest.fixture
def logs_as_before() -> Iterator[None]:
    """Give other tests back the logs that they had."""
    root = logging.getLogger()
    before = (list(root.handlers), root.level, structlog.get_config())
    yield
    root.handlers, root.level = before[0], before[1]
    structlog.configure(**before[2])


@pytest.mark.parametrize("key", sorted(SECRET_KEYS))
def test_what_is_secret_by_its_name_is_hidden(key: str) -> None:
    assert hide_secrets(None, "info", {"event": "x", key: "hush"}) == {"event": "x", key: HIDDEN}


def test_everything_else_is_left_as_it_is() -> None:
    event = {"event": "request", "path": "/storage/aips", "status": 200}
    assert hide_secrets(None, "info", dict(event)) == event


def test_what_does_not_print_is_spelt_out() -> None:
    event = {"event": "request", "path": "/\x1b[31m\x9b\u202e\nrequest é", "status": 404}
    assert make_visible(None, "info", event) == {
        "event": "request",
        "path": r"/\x1b[31m\x9b\u202e\nrequest é",
        "status": 404,
    }


@pytest.mark.usefixtures("logs_as_before")
@pytest.mark.parametrize("form", ["json", "console"])
def test_what_went_wrong_is_logged_without_the_values_that_were_at_hand(
    capsys: pytest.CaptureFixture[str], form: Literal["json", "console"]
) -> None:
    configure_logs(level="info", format=form)

    def verify(token: str) -> None:
        raise LookupError(f"no \x1b[31mkey\x9b for {len(token)} characters")

    try:
        verify("hu" + "sh")
    except LookupError:
        structlog.get_logger("tests").exception("operation failed", error_id="x")

    told = capsys.readouterr().err
    assert "hush" not in told
    assert "\x1b" not in told
    assert "LookupError" in told
    assert "verify" in told
