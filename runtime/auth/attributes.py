"""Attributes (permissions): what a caller holds, what an operation or an event requires."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Attributes:
    """The attributes a caller holds.

    Access control switched off is the explicit value :data:`EVERYTHING`; an empty set is no
    rights at all, never a missing answer.
    """

    names: frozenset[str] = frozenset()
    unrestricted: bool = False

    @classmethod
    def of(cls, names: Iterable[str]) -> Attributes:
        """Hold exactly these attributes, wildcards included."""
        return cls(frozenset(names))

    def grant(self, required: str) -> bool:
        """Tell whether one required attribute is held: exactly, or through a wildcard.

        ``*`` grants everything; ``a:*`` and ``a:b:*`` grant ``a:b:c``.  A star anywhere else is
        an ordinary character, and matching is case-sensitive (contract, auth.md section 5).
        """
        if self.unrestricted or required in self.names or "*" in self.names:
            return True
        parts = required.split(":")
        return any(":".join(parts[:depth]) + ":*" in self.names for depth in range(1, len(parts)))


NOTHING: Final = Attributes()
"""No attribute is held."""
EVERYTHING: Final = Attributes(unrestricted=True)
"""Access control is off: every attribute is held."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a caller must hold: every one of ``all_of`` and, if there are any, one of ``any_of``.

    ``token`` is whether a valid token is needed at all.
    """

    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    token: bool = True

    def met_by(self, attributes: Attributes) -> bool:
        """Tell whether these attributes are enough."""
        return all(attributes.grant(name) for name in self.all_of) and (
            not self.any_of or any(attributes.grant(name) for name in self.any_of)
        )


ANYONE: Final = Requirement(token=False)
"""No token is needed."""
SIGNED_IN: Final = Requirement()
"""Any valid token is enough."""


def all_of(*names: str) -> Requirement:
    """Require every one of these attributes."""
    return Requirement(all_of=names)


def any_of(*names: str) -> Requirement:
    """Require at least one of these attributes."""
    return Requirement(any_of=names)
