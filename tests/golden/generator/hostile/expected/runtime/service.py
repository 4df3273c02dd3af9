"""What the runtime service does, one method an operation.

Generated from the design: do not edit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from runtime.auth.claims import Caller

from .models import Loaf


class RuntimeService(ABC):
    """Runtime.

    The caller has been authenticated and holds what the operation requires; parameters and
    body have been validated.  A method raises an error of the ``errors`` beside it that its
    operation declares; any other is a fault.
    """

    @abstractmethod
    async def typing(self, caller: Caller) -> Loaf:
        """Answer GET /runtime/typing."""
