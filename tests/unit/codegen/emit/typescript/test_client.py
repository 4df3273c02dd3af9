from __future__ import annotations

from codegen.emit.typescript.client import client_text
from tests.unit.codegen.emit.designs import BAKERY, LONG

TEXT = client_text(BAKERY)


def method(name: str) -> str:
    start = TEXT.index(f"\n\t{name}(")
    return TEXT[start : TEXT.index("\n\t}\n", start)]


def test_a_service_is_a_class_with_one_method_an_operation() -> None:
    (service,) = BAKERY.services
    assert "export class BakeryClient {" in TEXT
    assert TEXT.count("return this.#http.") == len(service.operations)


def test_parameters_come_first_and_may_be_left_out_if_none_is_required() -> None:
    assert "parameters: BakeryListLoavesParameters = {}," in method("listLoaves")
    assert "parameters: BakeryShowLoafParameters," in method("showLoaf")


def test_optional_parameters_may_be_undefined_too() -> None:
    assert "\tcrumb?: types.Crumb | undefined;\n" in TEXT


def test_a_body_comes_after_the_parameters() -> None:
    assert "bakeLoaf(body: types.NewLoaf, options?: CallOptions)" in method("bakeLoaf")
    assert "\t\tbody?: string | null,\n" in method("throwAway")


def test_a_path_is_filled_in_and_everything_else_has_its_name_on_the_wire() -> None:
    assert "path: path`/bakery/loaves/${parameters.uuid}`," in method("showLoaf")
    assert '"X-Shelf": parameters.shelf,' in method("listLoaves")
    assert "taste: parameters.taste," in method("listLoaves")


def test_answers_are_typed() -> None:
    assert "): Promise<types.Loaf> {" in method("showLoaf")
    assert "): Promise<void> {" in method("throwAway")
    assert "): Promise<Download> {" in method("photo")
    assert "): Promise<string | undefined> {" in method("photoRequest")


def test_tickets_know_their_cookies() -> None:
    assert 'cookie: "bakery-photo",' in method("photoRequest")
    assert 'ticketCookie: "bakery-photo",' in method("photo")


def test_a_method_says_what_it_requires_and_how_it_may_fail() -> None:
    assert "\t * Requires `bakery:loaves:bake` and `bakery:ovens:use`.\n" in TEXT
    assert "\t * @throws ApiError: `unauthorized`, `forbidden`, `not_valid`\n" in TEXT
    assert TEXT.count("@deprecated") == 1


def test_no_method_is_a_constructor_by_accident() -> None:
    assert "\tconstructor_(\n" in client_text(LONG)


def test_a_service_without_operations_has_no_class() -> None:
    assert "SmallClient" not in client_text(LONG)


def test_only_what_is_used_is_imported() -> None:
    assert 'import { type CallOptions, type ClientOptions, Http } from "./http.js";' in client_text(
        LONG
    )
