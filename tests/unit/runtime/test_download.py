from __future__ import annotations

from runtime.download import Download


async def test_bytes_at_hand_are_offered_whole_and_with_their_length() -> None:
    download = Download.of(b"# Rye\n", "Rye.md", "text/markdown")
    assert (download.length, download.filename, download.media_type) == (
        6,
        "Rye.md",
        "text/markdown",
    )
    assert [part async for part in download.content] == [b"# Rye\n"]
