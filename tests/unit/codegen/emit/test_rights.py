from __future__ import annotations

from typing import Any

import pytest

from codegen.emit.rights import attributes_of, requirement_sentence, requirement_words
from codegen.model import Anyone, Requirement, RequiresAll, RequiresAny, SignedIn


@pytest.mark.parametrize(
    ("requirement", "words", "sentence", "attributes"),
    [
        (Anyone(), "anyone", "Open to anyone.", ()),
        (SignedIn(), "signed-in", "Requires a valid token.", ()),
        (RequiresAll(("a",)), {"all": ["a"]}, "Requires `a`.", ("a",)),
        (RequiresAll(("a", "b")), {"all": ["a", "b"]}, "Requires `a` and `b`.", ("a", "b")),
        (
            RequiresAny(("a", "b", "c")),
            {"any": ["a", "b", "c"]},
            "Requires `a`, `b` or `c`.",
            ("a", "b", "c"),
        ),
    ],
)
def test_a_requirement_is_said_in_words_and_in_a_sentence(
    requirement: Requirement, words: Any, sentence: str, attributes: tuple[str, ...]
) -> None:
    assert requirement_words(requirement) == words
    assert requirement_sentence(requirement) == sentence
    assert attributes_of(requirement) == attributes
