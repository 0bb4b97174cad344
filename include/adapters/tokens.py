"""The token endpoint, in the words of the outbox's token chain."""

from __future__ import annotations

from collections.abc import Callable

from include.errors import SetupError
from include.exact.oauth import TokenEndpoint, TokenReply
from include.outbox.chain import TokenAnswer, TokenVerdict


class ChainWire:
    """Implements `include.outbox.chain.TokenWire`; `nobody_there` is told when the endpoint does not answer."""

    def __init__(self, endpoint: TokenEndpoint, nobody_there: Callable[[], None] = lambda: None) -> None:
        self._endpoint = endpoint
        self._nobody_there = nobody_there

    def refresh(self, refresh_token: str) -> TokenAnswer:
        answer = answer_of(self._endpoint.refresh(refresh_token))
        if answer.verdict is TokenVerdict.AWAY:
            self._nobody_there()
        return answer


def answer_of(reply: TokenReply) -> TokenAnswer:
    """Sort what the token endpoint said (FACTS 1.7, 1.9). Raises `SetupError` when it does not accept the app itself."""
    if reply.app_refused:
        raise SetupError("app_refused", cure=f"check client ID and client secret of the connection. Exact says: {reply.error}")
    if reply.tokens is not None:
        return TokenAnswer(TokenVerdict.FRESH, reply.tokens.access_token, reply.tokens.refresh_token)
    if reply.too_early:
        return TokenAnswer(TokenVerdict.TOO_EARLY, reason=reply.error)
    return TokenAnswer(TokenVerdict.CHAIN_BROKEN if reply.broken else TokenVerdict.AWAY, reason=reply.error)
