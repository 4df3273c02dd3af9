"""From the claims of a token to the attributes of its bearer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from runtime.auth.attributes import Attributes
from runtime.auth.tokens import InvalidToken


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeClaim:
    """Where a provider's tokens list what their bearer may do (contract, auth.md section 4).

    ``path`` is split at ``separator`` and leads through nested objects to a list; without a
    separator it is the name of one claim.  Of the texts in the list those count that start with
    ``prefix``, and without it.  With ``roles`` they are names of roles, each of which stands for
    attributes; without (``None``) they are the attributes.
    """

    path: str
    separator: str = ""
    prefix: str = ""
    roles: Mapping[str, tuple[str, ...]] | None = None

    def __post_init__(self) -> None:
        if not self.path:
            raise ValueError("a claim has a name")

    def read(self, claims: Mapping[str, object]) -> Attributes:
        """Return what the claims grant; an empty list is no rights at all.

        Raises:
            InvalidToken: The path leads nowhere, or not to a list.
        """
        names = [
            value.removeprefix(self.prefix)
            for value in self._values(claims)
            if isinstance(value, str) and value.startswith(self.prefix)
        ]
        if self.roles is None:
            return Attributes.of(names)
        return Attributes.of(name for role in names for name in self.roles.get(role, ()))

    def _values(self, claims: Mapping[str, object]) -> list[object]:
        found: object = claims
        for step in self.path.split(self.separator) if self.separator else [self.path]:
            if not isinstance(found, Mapping) or step not in found:
                raise InvalidToken(f"it has no claim {self.path} (nothing at {step!r})")
            found = found[step]
        if not isinstance(found, list):
            raise InvalidToken(f"its claim {self.path} is not a list")
        return cast(list[object], found)
