"""Access control switched off: everybody may do and see everything."""

from __future__ import annotations

from runtime.auth.claims import UNRESTRICTED, Claims


class NoVerification:
    """Accepts every token, and none."""

    async def verify(self, token: str) -> Claims:
        """Return the claims of nobody in particular, who is allowed everything."""
        return UNRESTRICTED
