"""Logs: one line an occurrence, and no secret in it."""

from __future__ import annotations

import pytest

from service.logs import HIDDEN, SECRET_KEYS, hide_secrets


@pytest.mark.parametrize("key", sorted(SECRET_KEYS))
def test_what_is_secret_by_its_name_is_hidden(key: str) -> None:
    assert hide_secrets(None, "info", {"event": "x", key: "hush"}) == {"event": "x", key: HIDDEN}


def test_everything_else_is_left_as_it_is() -> None:
    event = {"event": "request", "path": "/storage/aips", "status": 200}
    assert hide_secrets(None, "info", dict(event)) == event
