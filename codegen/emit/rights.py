"""What something requires, in the words of the design."""

from __future__ import annotations

from typing import Any, assert_never

from codegen.model import Anyone, Requirement, RequiresAll, RequiresAny, SignedIn


def requirement_words(requirement: Requirement) -> Any:
    """Return a requirement as a document says it: a word, or attributes under ``all`` or ``any``."""
    match requirement:
        case Anyone():
            return "anyone"
        case SignedIn():
            return "signed-in"
        case RequiresAll(attributes):
            return {"all": list(attributes)}
        case RequiresAny(attributes):
            return {"any": list(attributes)}
        case _:
            assert_never(requirement)


def requirement_sentence(requirement: Requirement) -> str:
    """Return a requirement as one sentence for people."""
    match requirement:
        case Anyone():
            return "Open to anyone."
        case SignedIn():
            return "Requires a valid token."
        case RequiresAll(attributes):
            return f"Requires {_listed(attributes, 'and')}."
        case RequiresAny(attributes):
            return f"Requires {_listed(attributes, 'or')}."
        case _:
            assert_never(requirement)


def attributes_of(requirement: Requirement) -> tuple[str, ...]:
    """Return every attribute that a requirement names."""
    if isinstance(requirement, RequiresAll | RequiresAny):
        return requirement.attributes
    return ()


def _listed(attributes: tuple[str, ...], last: str) -> str:
    *first, end = (f"`{name}`" for name in attributes)
    return f"{', '.join(first)} {last} {end}" if first else end
