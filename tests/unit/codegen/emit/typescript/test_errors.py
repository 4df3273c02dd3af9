from __future__ import annotations

from codegen.emit.typescript.errors import errors_text
from tests.unit.codegen.emit.designs import BAKERY, EMPTY

TEXT = errors_text(BAKERY)


def test_each_name_has_the_bodies_of_all_errors_that_share_it() -> None:
    assert (
        "export interface ErrorBodies {\n"
        '\tunauthorized: "Unauthorized";\n'
        '\tforbidden: "Forbidden";\n'
        "\tnot_valid: ErrorBody;\n"
        "\tnot_found: types.NoLoaf | ErrorBody;\n"
        "}\n"
    ) in TEXT


def test_a_status_tells_the_name_of_an_error_whose_body_does_not() -> None:
    names = '= {\n\t401: "unauthorized",\n\t403: "forbidden",\n\t404: "not_found",\n};\n'
    assert names in TEXT


def test_the_header_that_holds_a_name_is_that_of_the_design() -> None:
    assert 'const NAME_HEADER: string | undefined = "bakery-error";' in TEXT
    assert "const NAME_HEADER: string | undefined = undefined;" in errors_text(EMPTY)


def test_a_design_without_errors_knows_no_names() -> None:
    assert "export type ErrorBodies = object;" in errors_text(EMPTY)
    assert "ErrorName } = {};" in errors_text(EMPTY)
