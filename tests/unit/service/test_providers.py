"""The settings of identity providers: what is understood, and how a mistake is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runtime.auth.attributes import EVERYTHING
from runtime.auth.oidc.attributes import AttributeClaim
from runtime.auth.oidc.provider import Provider
from service.config import SettingsError, load_settings

GOOD: dict[str, Any] = {
    "issuer": "https://id.test/realms/archive",
    "audiences": ["storage"],
    "claim_path": "attributes",
}


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty working folder, and mode `oidc`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SERVICE_AUTH__MODE", "oidc")


def providers(monkeypatch: pytest.MonkeyPatch, *tables: object) -> list[Provider]:
    monkeypatch.setenv("SERVICE_AUTH__OIDC", json.dumps(tables))
    return [each.provider() for each in load_settings().auth.oidc]


def test_a_file_has_a_table_for_each_provider_in_the_order_they_are_tried(tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("""
        [http]
        host = "0.0.0.0"

        [[auth.oidc]]
        issuer = "https://id.test/realms/archive"
        audiences = ["storage", "dashboard"]
        claim_path = "resource_access.storage.roles"
        claim_path_separator = "."
        claim_value_prefix = "enduro:"
        use_roles = true
        not_before_leeway = 10

        [auth.oidc.roles_mapping]
        Admin = ["*"]
        reader = ["storage:aips:list", "storage:aips:read"]

        [[auth.oidc]]
        issuer = "https://id.test/realms/archive"
        audiences = "workers"
        skip_email_verified_check = true
        access_control = false
    """)
    people, workers = (each.provider() for each in load_settings(file).auth.oidc)
    assert people == Provider(
        issuer="https://id.test/realms/archive",
        audiences=("storage", "dashboard"),
        attributes=AttributeClaim(
            path="resource_access.storage.roles",
            separator=".",
            prefix="enduro:",
            roles={"Admin": ("*",), "reader": ("storage:aips:list", "storage:aips:read")},
        ),
        not_before_leeway=10,
    )
    assert workers == Provider(
        issuer="https://id.test/realms/archive",
        audiences=("workers",),
        attributes=EVERYTHING,
        skip_email_verified_check=True,
    )


def test_the_environment_has_them_as_json_and_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "storage-service.toml").write_text("[[auth.oidc]]\nissuer = 'https://other.test'\n")
    [provider] = providers(monkeypatch, GOOD)
    assert provider.issuer == GOOD["issuer"]
    assert provider.attributes == AttributeClaim(path="attributes")


def test_a_mapping_of_roles_may_be_a_text_of_json(monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = json.dumps({"Admin": ["*"]})
    [provider] = providers(monkeypatch, GOOD | {"use_roles": True, "roles_mapping": mapping})
    assert isinstance(provider.attributes, AttributeClaim)
    assert provider.attributes.roles == {"Admin": ("*",)}


def test_a_mapping_of_roles_that_is_not_used_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [provider] = providers(monkeypatch, GOOD | {"roles_mapping": {"attributes": ["*"]}})
    assert provider.attributes == AttributeClaim(path="attributes")


def test_with_providers_the_service_may_listen_to_the_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SERVICE_HTTP__HOST", "0.0.0.0")
    assert len(providers(monkeypatch, GOOD)) == 1
    assert not load_settings().http.serves_documents


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"issuer": ...}, "SERVICE_AUTH__OIDC[0].issuer: is needed"),
        ({"issuer": ""}, "SERVICE_AUTH__OIDC[0].issuer: string should have at least 1"),
        ({"issuer": "id.test"}, "SERVICE_AUTH__OIDC[0].issuer: must be an absolute address"),
        ({"issuer": "http://id.test"}, "SERVICE_AUTH__OIDC[0].issuer: must be https"),
        ({"issuer": "https://id.test/?a"}, "an issuer has no query"),
        ({"audiences": ...}, "SERVICE_AUTH__OIDC[0].audiences: is needed"),
        ({"audiences": []}, "SERVICE_AUTH__OIDC[0].audiences: must name at least one"),
        ({"audiences": ""}, "SERVICE_AUTH__OIDC[0].audiences[0]: "),
        ({"audiences": [1]}, "SERVICE_AUTH__OIDC[0].audiences[0]: "),
        ({"claim_path": ...}, "SERVICE_AUTH__OIDC[0]: claim_path is needed: name the claim"),
        ({"use_roles": True}, "SERVICE_AUTH__OIDC[0]: use_roles needs a roles_mapping"),
        (
            {"use_roles": True, "access_control": False},
            "SERVICE_AUTH__OIDC[0]: use_roles needs a roles_mapping",
        ),
        ({"roles_mapping": "{"}, "SERVICE_AUTH__OIDC[0].roles_mapping: must be JSON"),
        ({"roles_mapping": {"a": "*"}}, "SERVICE_AUTH__OIDC[0].roles_mapping.a: "),
        (
            {"skip_email_verified_check": "never"},
            "skip_email_verified_check: must be true or false",
        ),
        ({"not_before_leeway": -1}, "SERVICE_AUTH__OIDC[0].not_before_leeway: "),
        ({"claim_pth": "x"}, "there is no setting claim_pth; did you mean claim_path?"),
        ({"client_id": "x"}, "SERVICE_AUTH__OIDC[0]: there is no setting client_id"),
        (
            {"xyzzy": 1, "isuer": 1},
            "no setting xyzzy; there is no setting isuer; did you mean issu",
        ),
    ],
    ids=str,
)
def test_a_mistake_is_told_with_where_it_is_and_how_to_mend_it(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], said: str
) -> None:
    table = {name: value for name, value in (GOOD | changes).items() if value is not ...}
    with pytest.raises(SettingsError) as caught:
        providers(monkeypatch, table)
    [flaw] = caught.value.flaws
    assert said in flaw


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "SERVICE_AUTH__OIDC: must be JSON, an array with an object for each provider"),
        ("https://id.test", "SERVICE_AUTH__OIDC: must be JSON"),
        ("{}", "SERVICE_AUTH__OIDC: must be an array: [[auth.oidc]] in a file, [{...}] in JSON"),
        ("[1]", "SERVICE_AUTH__OIDC[0]: must be a table: issuer = "),
        ("[]", "SERVICE_AUTH__MODE: oidc needs an identity provider: [[auth.oidc]] in a file"),
    ],
)
def test_what_is_no_list_of_providers_is_told(
    monkeypatch: pytest.MonkeyPatch, text: str, said: str
) -> None:
    monkeypatch.setenv("SERVICE_AUTH__OIDC", text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[auth.oidc]\nissuer = 'x'\n", "auth.oidc in my.toml: must be an array: [[auth.oidc]]"),
        ("[[auth.oidc]]\nisuer = 'x'\n", "auth.oidc[0] in my.toml: there is no setting isuer; did"),
        ("[[auth.oicd]]\nissuer = 'x'\n", "auth.oicd (in my.toml): there is no such setting; did"),
    ],
)
def test_a_mistake_in_the_file_is_told_by_its_place(text: str, said: str) -> None:
    Path("my.toml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load_settings(Path("my.toml"))
    assert said in str(caught.value)


def test_every_mistake_of_every_provider_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as caught:
        providers(monkeypatch, {**GOOD, "issuer": "x"}, GOOD, {"claim_path": "x"})
    assert [flaw.partition(":")[0] for flaw in caught.value.flaws] == [
        "SERVICE_AUTH__OIDC[0].issuer",
        "SERVICE_AUTH__OIDC[2].issuer",
        "SERVICE_AUTH__OIDC[2].audiences",
    ]
