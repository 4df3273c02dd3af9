"""Declared, and never used."""

from codegen.check.diagnostics import Kind

_HELP = "use it, or remove it"


def _unused(code: str, message: str, doc: str) -> Kind:
    return Kind(code, message, _HELP, doc, "warning")


UNUSED_TYPE = _unused(
    "unused-type",
    "the type `{name}` is not used",
    "No endpoint, event or error leads to it.",
)
UNUSED_VIEW = _unused(
    "unused-view",
    "the view `{name}` is not used",
    "No endpoint, event or error leads to it.",
)
UNUSED_ATTRIBUTE = _unused(
    "unused-attribute",
    "the attribute `{name}` is not required anywhere",
    "Whoever is granted it is granted nothing.",
)
UNUSED_ERROR = _unused(
    "unused-error",
    "the error `{name}` is not declared by any endpoint",
    "No answer will ever carry it.",
)
UNUSED_SCHEME = _unused(
    "unused-scheme",
    "the security scheme `{name}` is not used",
    "No endpoint and no stream asks for it.",
)
UNUSED_EVENT = _unused(
    "unused-event",
    "nothing publishes the event `{name}`",
    "No endpoint and no background work emits it, and no stream sends it by itself.",
)
UNSENT_EVENT = _unused(
    "unsent-event",
    "no stream sends the event `{name}`",
    "It would be published and never arrive.",
)
