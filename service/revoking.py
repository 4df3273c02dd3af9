"""Taking rights back, and giving them back: what an operator's commands do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from runtime.auth.development import ISSUER
from runtime.auth.revocation_table import RevocationTable
from runtime.auth.revocations import Revocation
from service.database import open_database
from service.settings import Settings
from service.start import CannotStart


async def revoke(settings: Settings, subject: str, issuer: str) -> Revocation:
    """Let the tokens that a subject has by now be good no more.

    Raises:
        CannotStart: It is not said whose tokens, or the database cannot be opened.
        CannotMigrate: A newer version was here before.
    """
    new = Revocation(
        issuer=_issuer(settings, issuer), subject=subject, issued_before=datetime.now(UTC)
    )
    async with _table(settings) as table:
        try:
            await table.add(new)
        except ValueError as error:
            raise CannotStart(f"cannot revoke: {error}") from error
    return new


async def undo(settings: Settings, subject: str, issuer: str) -> None:
    """Let the tokens of a subject be good again, as far as they have not expired.

    Raises:
        CannotStart: Nothing of this subject was revoked, or the database cannot be opened.
        CannotMigrate: A newer version was here before.
    """
    issuer = _issuer(settings, issuer)
    async with _table(settings) as table:
        if not await table.remove(issuer, subject):
            raise CannotStart(f"nothing of {subject!r} of the issuer {issuer} was revoked")


async def revoked(settings: Settings) -> list[Revocation]:
    """Return everything that was revoked.

    Raises:
        CannotStart: The database cannot be opened.
        CannotMigrate: A newer version was here before.
    """
    async with _table(settings) as table:
        return await table.read()


@asynccontextmanager
async def _table(settings: Settings) -> AsyncIterator[RevocationTable]:
    database = await open_database(settings)
    try:
        yield RevocationTable(database)
    finally:
        await database.close()


def _issuer(settings: Settings, given: str) -> str:
    """Return whose subject it is: the one given, or the only one there is."""
    if settings.auth.mode == "off":
        raise CannotStart("access control is off (SERVICE_AUTH__MODE): there is nobody to revoke")
    known = {ISSUER}
    if settings.auth.mode == "oidc":
        known = {each.issuer for each in settings.auth.oidc}
    if given in known or (not given and len(known) == 1):
        return given or known.pop()
    problem = f"{given!r} is no issuer of ours" if given else "several issuers may have one"
    raise CannotStart(f"--issuer: {problem}; say one of {', '.join(sorted(known))}")
