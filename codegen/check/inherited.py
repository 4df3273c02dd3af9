"""What something has from where it stands: its whole path, its security scheme, its name."""

from __future__ import annotations

from codegen.check.declarations import RequirementForm, ServiceForm
from codegen.model.names import pascal_case
from codegen.read.forms import Name


def whole_path(service: ServiceForm, path: Name | None) -> str:
    """Join the path of a service and of something in it; ``/`` adds nothing to the other."""
    texts = [name.text if name else "" for name in (service.path, path)]
    return texts[0].rstrip("/") + texts[1].removesuffix("/") or "/"


def scheme_of(
    service: ServiceForm, own: Name | None, requires: RequirementForm | None
) -> str | None:
    """The security scheme that holds: its own, else the service's; none where anyone may."""
    if requires is not None and requires.kind == "anyone":
        return None
    scheme = own or service.security
    return None if scheme is None or scheme.text == "none" else scheme.text


def view_name(record: str, view: str) -> str:
    """The name of the record that a view becomes."""
    return record + pascal_case(view)
