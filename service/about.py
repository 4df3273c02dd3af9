"""What this installation is."""

from __future__ import annotations

from typing import Final

from generated.about.models import About
from generated.about.service import AboutService
from runtime.auth.claims import Caller
from service.version import VERSION

UPLOAD_MAX_BYTES: Final = 4 * 1024**3
"""How large an upload may be, 4 GiB (contract, behaviour.md section 7)."""


class Installation(AboutService):
    """This installation.  It knows no preservation system: it keeps the packages of any."""

    async def about(self, caller: Caller) -> About:
        """Say what this installation is."""
        return About(
            version=VERSION, preservation_system="Unknown", upload_max_size=UPLOAD_MAX_BYTES
        )
