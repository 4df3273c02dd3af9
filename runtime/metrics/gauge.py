"""What tells a number that goes down as well as up from one that only counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

_GAUGE: Final = "gauge"


def gauge() -> Any:
    """Make a field of a dataclass of numbers that goes down as well as up."""
    return field(default=0, metadata={_GAUGE: True})


def is_gauge(metadata: Mapping[Any, Any]) -> bool:
    """Tell whether a field with this metadata is one."""
    return bool(metadata.get(_GAUGE, False))
