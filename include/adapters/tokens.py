"""The token endpoint, in the words of the outbox's token chain."""

from __future__ import annotations

from include.exact.oauth import TokenEndpoint, TokenReply
from include.outbox.chain import TokenAnswer, TokenVerdict


class ChainWire:
    """Implements `include.outbox.chain.TokenWire`. `heard` is told each new token before anything else sees it, to mask it in logs."""

    def __init__(self, endpoint: TokenEndpoint) -> None:
        self._endpoint = endpoint

    def refresh(self, refresh_token: str) -> TokenAnswer:
        return answer_of(self._endpoint.refresh(refresh_token))


def answer_of(reply: TokenReply) -> TokenAnswer:
    """Sort what the token endpoint said (FACTS 1.7, 1.9)."""
    if reply.tokens is not None:
        return TokenAnswer(TokenVerdict.FRESH, reply.tokens.access_token, reply.tokens.refresh_token)
    if reply.too_early:
        return TokenAnswer(TokenVerdict.TOO_EARLY, reason=reply.error)
    return TokenAnswer(TokenVerdict.CHAIN_BROKEN if reply.broken else TokenVerdict.AWAY, reason=reply.error)
