"""``package.json``: as much as a bundler has to know."""

from __future__ import annotations

import json

from codegen.emit.words import kebab
from codegen.model import Design


def package_text(design: Design) -> str:
    """Return the text of ``package.json``."""
    package = {
        "name": f"{kebab(design.api.title)}-client",
        "version": design.api.version,
        "private": True,
        "type": "module",
        "sideEffects": False,
    }
    return json.dumps(package, indent="\t", ensure_ascii=False) + "\n"
