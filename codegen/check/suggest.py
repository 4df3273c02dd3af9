"""“Did you mean”, and lists of what is allowed."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST_LIST = 12


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that a misspelt word most likely stands for, if one is close enough."""
    from difflib import get_close_matches  # only a design with mistakes pays for it

    known = list(choices)
    folded = {choice.casefold(): choice for choice in reversed(known)}
    found = get_close_matches(word.casefold(), list(folded), n=1, cutoff=0.7)
    return folded[found[0]] if found else None


def advice(word: str, choices: Iterable[str], otherwise: str = "") -> str:
    """Say what a misspelt word may have meant, else what there is to choose from."""
    known = list(dict.fromkeys(choices))
    if meant := closest(word, known):
        return f"did you mean `{meant}`?"
    if known and len(known) <= _LONGEST_LIST:
        return f"there is {listing(known)}"
    return otherwise


def listing(words: Iterable[str], last: str = "and") -> str:
    """Write words as a list for people: `` `a`, `b` and `c` ``."""
    quoted = [f"`{word}`" for word in words]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
