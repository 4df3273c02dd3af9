from __future__ import annotations

from dataclasses import replace

from codegen.emit.typescript.client import client_text
from codegen.model import Parameter
from tests.unit.codegen.emit.designs import BAKE, BAKERY, LONG, field, optional
from tests.unit.codegen.emit.designs import TEXT as WORDS

TEXT = client_text(BAKERY)


def method(name: str, text: str = TEXT) -> str:
    start = text.index(f"\n\t{name}(")
    return text[start : text.index("\n\t}\n", start)]


def bake_with(*parameters: Parameter) -> str:
    """The method of an operation that has a body, with these parameters."""
    service = replace(BAKERY.services[0], operations=(replace(BAKE, parameters=parameters),))
    return method("bakeLoaf", client_text(replace(BAKERY, services=(service,))))


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


def test_the_first_optional_parameter_moves_no_body() -> None:
    slowly = Parameter(where="query", wire_name="slowly", field=optional("slowly", WORDS))
    oven = Parameter(where="query", wire_name="oven", field=field("oven", WORDS))
    behind = ("body: types.NewLoaf", "parameters: BakeryBakeLoafParameters = {}", "options?")
    before = ("parameters: BakeryBakeLoafParameters,", "body: types.NewLoaf,", "options?")
    for method_text, order in ((bake_with(slowly), behind), (bake_with(oven, slowly), before)):
        places = [method_text.index(argument) for argument in order]
        assert places == sorted(places)


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
