"""What a connection may see, and what it wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runtime.auth.attributes import Attributes
from runtime.monitor.stream import Stream


@dataclass(frozen=True, slots=True)
class Selection:
    """What a client asks for; ``None`` leaves it as wide as its rights, and live.

    ``types`` are tags; ``subject`` is what events must be about, as text.  ``after`` is the id up
    to which the client has been served before, as it says: to be checked.
    """

    types: frozenset[str] | None = None
    subject: str | None = None
    after: str | None = None


ALL: Final = Selection()
"""Everything the client may see, from now on."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What reaches a connection.  Connections of equal sight share all work."""

    tags: frozenset[str]
    subject: str | None
    always: frozenset[str]
    """The stream's own tags, which no selection hides: a client must know that it lives."""

    @classmethod
    def of(cls, attributes: Attributes, stream: Stream, selection: Selection = ALL) -> Sight:
        """Decide, from attributes and selection, once for a connection.

        A tag that the stream does not send, or that the attributes do not open, stays outside
        whatever the selection says.
        """
        visible = frozenset(
            tag for tag, requirement in stream.events.items() if requirement.met_by(attributes)
        )
        if selection.types is not None:
            visible &= selection.types
        return cls(visible - stream.always, selection.subject, stream.always)

    def sees(self, tag: str, subject: str | None) -> bool:
        """Tell whether an event reaches the connection."""
        if tag in self.always:
            return True
        return tag in self.tags and (self.subject is None or self.subject == subject)
