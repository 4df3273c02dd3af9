"""Everything the check can say.  What is not listed here cannot be said."""

from __future__ import annotations

from codegen.check.catalogue import events, files, names, operations, shape, types, usage
from codegen.check.diagnostics import Kind

CATALOGUE: dict[str, Kind] = {
    kind.code: kind
    for module in (files, shape, names, types, operations, events, usage)
    for kind in vars(module).values()
    if isinstance(kind, Kind)
}
"""Every kind of diagnostic, by its code, in the order in which a run comes to them."""
