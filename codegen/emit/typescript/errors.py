"""``errors.ts``: the errors of the design, and the one class that carries them."""

from __future__ import annotations

from codegen.emit.typescript.declarations import interface
from codegen.emit.typescript.expressions import choices
from codegen.emit.typescript.layout import literal, typed
from codegen.emit.typescript.rendering import banner, render
from codegen.model import Design, Error


def errors_text(design: Design) -> str:
    """Return the text of ``errors.ts``."""
    by_name: dict[str, list[Error]] = {}
    for error in design.errors:
        by_name.setdefault(error.wire_name, []).append(error)
    bodies = [typed("\t", name, _bodies(errors)) for name, errors in by_name.items()]
    names = [f"\t{code}: {literal(name)},\n" for code, name in _name_by_status(design).items()]
    header = design.api.error_header
    return render(
        "errors",
        banner=banner("The errors", design),
        uses_types=any("types." in body for body in bodies),
        bodies=interface("ErrorBodies", bodies, "What each error of the design says, by its name."),
        header=literal(header) if header else "undefined",
        names="{\n" + "".join(names) + "}" if names else "{}",
    )


def _bodies(errors: list[Error]) -> list[str]:
    bodies: list[str] = []
    for error in errors:
        bodies += ("ErrorBody",) if error.body is None else choices(error.body)
    return list(dict.fromkeys(bodies))


def _name_by_status(design: Design) -> dict[int, str]:
    """Return the names that a status alone tells: of one error, whose body does not tell it."""
    names: dict[int, set[str]] = {}
    for error in design.errors:
        if error.body is not None:
            names.setdefault(error.status, set()).add(error.wire_name)
    return {status: found.pop() for status, found in sorted(names.items()) if len(found) == 1}
