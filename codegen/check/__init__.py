"""Declaration tree -> the frozen design, or everything that is wrong with it.

::

    outcome = load_folder(Path("design"))
    if outcome.design is None:
        print(render(outcome.diagnostics))

Mistakes are never raised: one run says all of them.  An exception from here is a fault of ours.
"""

from codegen.check.catalogue import CATALOGUE
from codegen.check.diagnostics import Diagnostic, Kind, Note
from codegen.check.load import Outcome, check_sources, check_tree, load, load_folder
from codegen.check.render import render, render_one

__all__ = [
    "CATALOGUE",
    "Diagnostic",
    "Kind",
    "Note",
    "Outcome",
    "check_sources",
    "check_tree",
    "load",
    "load_folder",
    "render",
    "render_one",
]
