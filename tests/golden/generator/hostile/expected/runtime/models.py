"""Types of the runtime service.

Generated from the design: do not edit.
"""

from __future__ import annotations

from ..models import Kind as Kind
from ..models import Loaf as Loaf
