"""A client of the letters service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from runtime.client.call import Call
from runtime.client.client import Client

from ...letters import errors
from ...letters.models import Letters


class LettersClient(Client):
    """The letters service."""

    async def list_letters(self) -> Letters:
        """List letters."""
        return await self._call(
            Call[Letters](
                "GET",
                "/letters",
                status=200,
                returns=Letters,
                errors=(errors.Unauthorized, errors.Forbidden),
            )
        )
