"""Text of strangers on a terminal: what does not print is spelt out, and controls nothing."""

from __future__ import annotations


def visible(text: str) -> str:
    r"""Return a text with everything that does not print written as ``\x1b`` or ``\u202e``.

    Names and paths are a stranger's to choose: an escape sequence in one would move the cursor of
    whoever reads it, a line end would begin a line of its own, and a right-to-left mark would
    turn the rest around.
    """
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
