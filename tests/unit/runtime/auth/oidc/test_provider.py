from __future__ import annotations

import pytest

from runtime.auth.attributes import EVERYTHING
from runtime.auth.oidc.attributes import AttributeClaim
from runtime.auth.oidc.provider import Provider


def test_a_provider_whose_tokens_are_for_nobody_is_refused() -> None:
    for audiences in ((), ("",), ("archive", "")):
        with pytest.raises(ValueError, match="name an audience"):
            Provider(issuer="https://id.test", audiences=audiences, attributes=EVERYTHING)


def test_a_provider_whose_keys_could_be_anybodys_is_refused() -> None:
    with pytest.raises(ValueError, match="must be https"):
        Provider(issuer="http://id.test", audiences=("archive",), attributes=EVERYTHING)


def test_a_claim_without_a_name_is_refused() -> None:
    with pytest.raises(ValueError, match="a claim has a name"):
        AttributeClaim(path="")
