"""When garbage is looked for."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from service.garbage import begin_collections, postpone_collections


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)
    gc.enable()


def test_what_was_built_before_serving_is_not_looked_through_again() -> None:
    before: list[object] = [[]]
    begin_collections()
    after: list[object] = [[]]
    looked_through = gc.get_objects()
    assert any(each is after for each in looked_through)
    assert not any(each is before for each in looked_through)


def test_garbage_is_found_from_then_on_and_not_before() -> None:
    def leave_garbage() -> None:
        for _ in range(10_000):
            loop: list[object] = []
            loop.append(loop)

    def found() -> int:
        collected: int = gc.get_stats()[0]["collected"]
        return collected

    postpone_collections()
    before = found()
    leave_garbage()
    assert found() == before
    begin_collections()
    leave_garbage()
    assert found() > before


def test_full_collections_are_further_apart_than_is_usual() -> None:
    usual = gc.get_threshold()
    begin_collections()
    assert gc.get_threshold()[:2] == usual[:2]
    assert gc.get_threshold()[2] > usual[2]
