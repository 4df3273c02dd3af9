"""Tokens of identity providers: verified with the keys that these publish."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from runtime.auth.claims import Claims
from runtime.auth.oidc.algorithms import signed_by
from runtime.auth.oidc.claims import read_claims
from runtime.auth.oidc.documents import Published
from runtime.auth.oidc.fetch import Limits
from runtime.auth.oidc.form import SignedToken, take_apart
from runtime.auth.oidc.keys import IssuerKeys, Keeping, ProviderUnavailable
from runtime.auth.oidc.provider import Provider
from runtime.auth.tokens import InvalidToken


class ProviderTokens:
    """Verifies tokens: against each provider in order, and the first success counts.

    Issuers are asked for their keys once, however many providers name them.
    """

    def __init__(
        self,
        providers: Sequence[Provider],
        keys: Sequence[IssuerKeys],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.keys = {each.issuer: each for each in keys}
        self._providers = tuple(providers)
        self._now = now

    @classmethod
    async def open(
        cls,
        providers: Sequence[Provider],
        *,
        limits: Limits | None = None,
        keeping: Keeping | None = None,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> ProviderTokens:
        """Take the keys of every issuer.

        ``now`` gives seconds since the epoch, ``monotonic`` seconds on a scale of its own.

        Raises:
            ProviderUnavailable: Of one or more of them they are not to be had.
        """
        keys = [
            IssuerKeys(issuer, limits=limits, keeping=keeping, monotonic=monotonic)
            for issuer in dict.fromkeys(provider.issuer for provider in providers)
        ]
        tokens = cls(providers, keys, now)
        try:
            answers = await asyncio.gather(
                *(each.current() for each in keys), return_exceptions=True
            )
            _raise_all([answer for answer in answers if isinstance(answer, BaseException)])
        except BaseException:
            await tokens.close()
            raise
        return tokens

    async def close(self) -> None:
        """Ask no provider any more."""
        for each in self.keys.values():
            await each.close()

    async def verify(self, token: str) -> Claims:
        """Return what a token of one of the providers proves.

        Raises:
            InvalidToken: No provider vouches for it.  The text says why, for the log: it repeats
                nothing of the token.
        """
        parts = take_apart(token)
        issuer = parts.claims.get("iss")
        theirs = [provider for provider in self._providers if provider.issuer == issuer]
        if not theirs:
            raise InvalidToken("its iss is none of the providers'")
        await _check_signature(parts, self.keys[theirs[0].issuer])
        reasons = []
        for provider in theirs:
            try:
                return read_claims(parts.claims, provider, self._now())
            except InvalidToken as error:
                reasons.append(str(error))
        raise InvalidToken(f"{theirs[0].issuer}: {'; or '.join(dict.fromkeys(reasons))}")


def _raise_all(failures: list[BaseException]) -> None:
    for failure in failures:
        if not isinstance(failure, ProviderUnavailable):
            raise failure
    if failures:
        raise ProviderUnavailable("; ".join(map(str, failures)))


async def _check_signature(token: SignedToken, keys: IssuerKeys) -> None:
    """See that the issuer signed it, with a key of now or one published since.

    Raises:
        InvalidToken: It did not, or that cannot be told.
    """
    try:
        known = await keys.current()
    except ProviderUnavailable as error:
        raise InvalidToken(f"the keys are not to be had: {error}") from error
    if _signed_with_one_of(known, token):
        return
    newest = await keys.newer_than(known)
    if newest is not known and _signed_with_one_of(newest, token):
        return
    away = f" (when asked for newer keys: {keys.trouble})" if keys.trouble else ""
    raise InvalidToken(f"{keys.issuer}: {_mismatch(newest, token)}{away}")


def _signed_with_one_of(published: Published, token: SignedToken) -> bool:
    return any(
        signed_by(key, token.algorithm, token.signed, token.signature)
        for key in published.candidates(token.algorithm, token.kid)
    )


def _mismatch(published: Published, token: SignedToken) -> str:
    if token.algorithm not in published.algorithms:
        return f"its alg is not one of {', '.join(published.algorithms)}"
    if not published.candidates(token.algorithm, token.kid):
        return "its key is unknown"
    return "its signature is wrong"
