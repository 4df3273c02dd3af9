"""What happened between us and an identity provider, counted since the process began."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class ProviderCounters:
    """Plain numbers, added to by the one loop that runs everything."""

    taken: int = 0
    """Times that keys were taken."""
    failed: int = 0
    """Times that none could be had, and the old ones stayed."""
    held_back: int = 0
    """Tokens with an unknown key, or a wrong signature, for which the provider was not asked
    again because it had just been."""
