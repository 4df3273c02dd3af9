from __future__ import annotations

from runtime.download import Download


async def test_bytes_at_hand_are_offered_whole_or_in_part_and_with_their_length() -> None:
    download = Download.of(b"# Rye\n", "Rye.md", "text/markdown")
    assert (download.length, download.filename, download.media_type) == (
        6,
        "Rye.md",
        "text/markdown",
    )
    assert [part async for part in download.content(0, 6)] == [b"# Rye\n"]
    assert [part async for part in download.content(2, 5)] == [b"Rye"]


def test_other_bytes_are_another_version() -> None:
    tags = [Download.of(content, "x", "x/x").etag for content in (b"one", b"one", b"two")]
    assert tags[0] == tags[1] != tags[2]
    assert str(tags[0]).startswith('"')
