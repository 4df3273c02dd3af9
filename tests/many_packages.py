"""A table full of packages, made by the database itself: as raw SQL, past every event.

One package a second from 2020 on.  Of ten one is ``pending``, the others are ``stored``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from tests.servers.raw_sql import kind_of, run_sql

START: Final = datetime(2020, 1, 1, tzinfo=UTC)

_COLUMNS: Final = "uuid, object_key, name, status, created_at"
_STATUS: Final = "CASE WHEN i % 10 = 0 THEN 'pending' ELSE 'stored' END"
# An odd factor, modulo a power of two: each number once, spread as true UUIDs are.
_SPREAD: Final = "i * 2654435761 % 4294967296"

_SQLITE: Final = f"""
    WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < {{last}})
    INSERT INTO aip ({_COLUMNS})
    SELECT printf('%08x-0000-4000-8000-000000000000', {_SPREAD}),
        printf('%08x-0000-4000-9000-000000000000', {_SPREAD}),
        'Package ' || i, {_STATUS}, strftime('%Y-%m-%d %H:%M:%S.000000', {{start}} + i, 'unixepoch')
    FROM number
"""
_POSTGRESQL: Final = f"""
    INSERT INTO aip ({_COLUMNS})
    SELECT lpad(to_hex({_SPREAD}), 8, '0') || '-0000-4000-8000-000000000000',
        lpad(to_hex({_SPREAD}), 8, '0') || '-0000-4000-9000-000000000000',
        'Package ' || i, {_STATUS}, to_timestamp({{start}} + i) AT TIME ZONE 'UTC'
    FROM generate_series(1::bigint, {{last}}::bigint) AS i
"""
_MARIADB: Final = f"""
    INSERT INTO aip ({_COLUMNS})
    SELECT CONCAT(LPAD(LOWER(HEX({_SPREAD})), 8, '0'), '-0000-4000-8000-000000000000'),
        CONCAT(LPAD(LOWER(HEX({_SPREAD})), 8, '0'), '-0000-4000-9000-000000000000'),
        CONCAT('Package ', i), {_STATUS}, '1970-01-01' + INTERVAL {{start}} + i SECOND
    FROM (SELECT seq AS i FROM seq_1_to_{{last}}) AS number
"""


_FILLING: Final = {
    "sqlite": (_SQLITE, "SELECT 1"),  # it plans without counting: nobody ever asks it to
    "postgresql": (_POSTGRESQL, "VACUUM ANALYZE aip"),
    "mariadb": (_MARIADB, "ANALYZE TABLE aip"),
}


def moment(number: int) -> datetime:
    """Return when a package was recorded."""
    return START + timedelta(seconds=number)


def uuid_of(number: int) -> str:
    """Return what names a package."""
    return f"{number * 2654435761 % 2**32:08x}-0000-4000-8000-000000000000"


async def fill(url: str, number: int) -> None:
    """Add packages from number 1 on, and let the database count its rows."""
    insert, count = _FILLING[kind_of(url)]
    await run_sql(url, insert.format(last=number, start=int(START.timestamp())), count)
