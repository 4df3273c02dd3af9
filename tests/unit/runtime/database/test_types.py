from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy.dialects import mysql, sqlite

from runtime.database.types import UTCDateTime

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=timezone(timedelta(hours=2)))


def test_a_moment_is_kept_as_utc_and_comes_back_aware() -> None:
    kind = UTCDateTime()
    kept = kind.process_bind_param(MOMENT, sqlite.dialect())
    assert kept == datetime(2026, 1, 2, 1, 4, 5, 678901)
    back = kind.process_result_value(kept, sqlite.dialect())
    assert back == MOMENT
    assert back is not None
    assert back.tzinfo is UTC


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        UTCDateTime().process_bind_param(MOMENT.replace(tzinfo=None), sqlite.dialect())


def test_nothing_stays_nothing() -> None:
    assert UTCDateTime().process_bind_param(None, sqlite.dialect()) is None
    assert UTCDateTime().process_result_value(None, sqlite.dialect()) is None


def test_microseconds_are_kept_where_the_engine_would_drop_them() -> None:
    assert UTCDateTime().compile(dialect=mysql.dialect()) == "DATETIME(6)"
