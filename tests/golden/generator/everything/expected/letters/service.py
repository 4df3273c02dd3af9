"""What the letters service does, one method an operation.

Generated from the design: do not edit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

from runtime.auth.claims import Caller

from .models import Letters


class LettersService(ABC):
    """Letters.

    The caller has been authenticated and holds what the operation requires; parameters and
    body have been validated.  A method raises an error of the ``errors`` beside it that its
    operation declares; any other is a fault.
    """

    @abstractmethod
    async def list_letters(self, caller: Caller) -> Letters:
        """List letters."""
