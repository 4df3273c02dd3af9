"""Declarations without mistakes -> the frozen design.

Nothing is checked here: whoever calls it has seen every rule kept.
"""

from __future__ import annotations

from codegen import model
from codegen.check.declarations import Declarations, RecordForm, SchemeForm
from codegen.check.freeze.services import freeze_service
from codegen.check.freeze.types import freeze_named, freeze_type


def freeze(forms: Declarations) -> model.Design:
    """Give the design that the declarations describe."""
    return model.Design(
        api=model.Api(
            title=forms.api.title,
            version=forms.api.version,
            doc=forms.api.doc,
            error_header=forms.api.error_header,
        ),
        attributes=tuple(model.Attribute(name=a.name.text, doc=a.doc) for a in forms.attributes),
        security=tuple(_scheme(scheme) for scheme in forms.security),
        errors=_errors(forms),
        types=_types(forms),
        services=tuple(freeze_service(service) for service in forms.services),
    )


def _scheme(form: SchemeForm) -> model.SecurityScheme:
    assert form.scheme is not None
    return model.SecurityScheme(
        name=form.name.text,
        scheme=form.scheme,
        cookie=form.cookie.text if form.cookie else None,
        ttl=int(form.ttl) if form.ttl else None,
        doc=form.doc,
    )


def _errors(forms: Declarations) -> tuple[model.Error, ...]:
    return tuple(
        model.Error(
            name=error.name.text,
            wire_name=error.wire_name.text,
            status=error.status or 0,
            body=freeze_type(error.body) if error.body else None,
            doc=error.doc,
        )
        for error in forms.errors
    )


def _types(forms: Declarations) -> tuple[model.NamedType, ...]:
    in_place = [
        endpoint.body
        for service in forms.services
        for endpoint in service.operations()
        if isinstance(endpoint.body, RecordForm)
    ]
    return tuple(named for form in (*forms.types, *in_place) for named in freeze_named(form))
