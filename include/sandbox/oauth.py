"""The token chain: codes, rotating refresh tokens, the 570 seconds and every refusal in Exact's words (FACTS 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from include.sandbox.clock import moment
from include.sandbox.database import Row
from include.sandbox.world import World

TOKEN_S = 600
EARLIEST_S = 570
CODE_S = 180
IDLE_S = 30 * 86_400
DAY_S = 86_400


@dataclass(frozen=True)
class Identity:
    """Whom an access token speaks for."""

    client_id: str
    user_id: str
    divisions: frozenset[int]
    language: str
    scopes: frozenset[str] | None
    refused: str  # why Exact lets this user do nothing: a value of the header `Reason`, or empty


class TokenRefusedError(Exception):
    """The token endpoint says no."""

    def __init__(self, status: int, error: str, description: str, *, reason: str = "", counts: bool = False) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description
        self.reason = reason
        self.counts = counts


class OAuth:
    """Issues and checks codes and tokens."""

    def __init__(self, world: World) -> None:
        self._world = world

    def application(self, client_id: str) -> Row | None:
        """Return an application by its client id."""
        return self._world.database.one("SELECT * FROM _applications WHERE client_id = ?", (client_id,))

    def grants(self, client_id: str) -> list[Row]:
        """Return who may consent for an application, with the divisions that they would grant."""
        return self._world.database.all("SELECT * FROM _grants WHERE client_id = ? ORDER BY rowid", (client_id,))

    def issue_code(self, client_id: str, user_id: str, divisions: list[int], redirect_uri: str) -> str:
        """Return a code for one exchange within three minutes; it contains `!` (FACTS 1.3)."""
        code = f"stampNL001.{self._world.new_secret()[:12]}!{self._world.new_secret()[:40]}"
        values = (code, client_id, user_id, json.dumps(divisions), redirect_uri, self._world.clock.now_ms())
        self._world.database.run("INSERT INTO _codes VALUES (?, ?, ?, ?, ?, ?, NULL)", values)
        return code

    def token(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> tuple[str, str, dict[str, str]]:
        """Return client, user and the answer to a token request. Raises `TokenRefusedError`."""
        client_id = self._client(form, basic)
        with self._world.database.transaction():
            if form.get("grant_type") == "authorization_code":
                chain = self._exchange(client_id, form)
                return client_id, chain["user_id"], self._pair(chain, None)
            if form.get("grant_type") == "refresh_token":
                chain = self._usable_chain(client_id, form.get("refresh_token", ""))
                return client_id, chain["user_id"], self._pair(chain, form["refresh_token"])
        raise TokenRefusedError(400, "unsupported_grant_type", "The grant type is not supported.")

    def _client(self, form: Mapping[str, str], basic: tuple[str, str] | None) -> str:
        client_id, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        application = self.application(client_id)
        if application is None or application["secret"] != secret:
            raise TokenRefusedError(400, "invalid_client", "Client authentication failed.")
        self._check_daily_calls(client_id)
        return client_id

    def _check_daily_calls(self, client_id: str) -> None:
        allowed = self._world.switches.token_calls_per_day
        if not allowed:
            return
        since = self._world.clock.now_ms() - self._world.clock.span_ms(DAY_S)
        statement = "SELECT count(*) FROM _calls WHERE endpoint = 'oauth2/token' AND client_id = ? AND received_ms > ?"
        if self._world.database.scalar(statement, (client_id, since)) >= allowed:
            raise TokenRefusedError(400, "access_denied", "Rate limit exceeded: token calls per day", reason="Rate limit exceeded")

    def _exchange(self, client_id: str, form: Mapping[str, str]) -> Row:
        database, now = self._world.database, self._world.clock.now_ms()
        code = database.one("SELECT * FROM _codes WHERE code = ?", (form.get("code", ""),))
        fresh = code is not None and code["used_ms"] is None and now < code["issued_ms"] + self._world.clock.span_ms(CODE_S)
        if not fresh or code is None or code["client_id"] != client_id or code["redirect_uri"] != form.get("redirect_uri"):
            raise _broken()
        database.run("UPDATE _codes SET used_ms = ? WHERE code = ?", (now, code["code"]))
        if self._world.switches.consent_ends_old_chain:
            ended = (now, client_id, code["user_id"])
            database.run("UPDATE _chains SET killed_ms = ? WHERE client_id = ? AND user_id = ? AND killed_ms IS NULL", ended)
        if self._world.switches.consent_ends_webhooks:
            database.run('DELETE FROM webhook_subscriptions WHERE "ClientID" = ? AND "UserID" = ?', (client_id, code["user_id"]))
        return self._new_chain(client_id, code["user_id"], code["divisions"])

    def _new_chain(self, client_id: str, user_id: str, divisions: str) -> Row:
        values = (client_id, user_id, divisions, self._world.clock.now_ms())
        statement = "INSERT INTO _chains (client_id, user_id, divisions, issued_ms) VALUES (?, ?, ?, ?) RETURNING *"
        return self._world.database.all(statement, values)[0]

    def _usable_chain(self, client_id: str, token: str) -> Row:
        """Return the chain that a refresh token may continue. Raises `TokenRefusedError` (FACTS 1.9)."""
        database = self._world.database
        refresh = database.one("SELECT * FROM _refresh_tokens WHERE token = ?", (token,))
        chain = database.one("SELECT * FROM _chains WHERE chain = ?", (refresh["chain"],)) if refresh else None
        if refresh is None or chain is None or chain["client_id"] != client_id or chain["killed_ms"] is not None:
            raise _broken()
        if refresh["used_ms"] is not None:
            self._check_replay(chain, token)
            return chain
        self._check_age(refresh)
        if self._world.clock.now_ms() < chain["issued_ms"] + self._world.clock.span_ms(EARLIEST_S):
            raise _too_early()
        return chain

    def _check_age(self, refresh: Row) -> None:
        now, expires = self._world.clock.now_ms(), refresh["issued_ms"] + self._world.clock.span_ms(IDLE_S)
        if now > expires:
            text = f"The refresh token expired at {_us(expires)} and it is now {_us(now)}."
            raise TokenRefusedError(400, "invalid_request", text)

    def _check_replay(self, chain: Row, token: str) -> None:
        """Let a used token through where rotation is lenient and its successor is still unused; else count the replay."""
        if self._world.switches.rotation == "lenient" and not self._successor_in_use(token):
            return
        replays = chain["replays"] + 1
        limit = self._world.switches.replays_before_kill
        killed = self._world.clock.now_ms() if limit and replays >= limit else None
        statement = "UPDATE _chains SET replays = ?, killed_ms = ? WHERE chain = ?"
        raise _ReplayedError(statement, (replays, killed, chain["chain"]), self._world.switches.old_token_status)

    def _successor_in_use(self, token: str) -> bool:
        statement = (
            "SELECT count(*) FROM _refresh_tokens r LEFT JOIN _access_tokens a ON a.refresh_token = r.token"
            " WHERE r.parent = ? AND (r.used_ms IS NOT NULL OR a.first_used_ms IS NOT NULL)"
        )
        return bool(self._world.database.scalar(statement, (token,)))

    def _pair(self, chain: Row, parent: str | None) -> dict[str, str]:
        """Store and return a new pair of tokens."""
        database, now = self._world.database, self._world.clock.now_ms()
        access, refresh = f"stampNL001.{self._world.new_secret()}", f"stampNL001.{self._world.new_secret()}"
        if parent:
            database.run("UPDATE _refresh_tokens SET used_ms = ? WHERE token = ?", (now, parent))
        database.run("UPDATE _chains SET issued_ms = ? WHERE chain = ?", (now, chain["chain"]))
        database.run("INSERT INTO _refresh_tokens VALUES (?, ?, ?, NULL, ?)", (refresh, chain["chain"], now, parent))
        expires = now + self._world.clock.span_ms(TOKEN_S)
        database.run("INSERT INTO _access_tokens VALUES (?, ?, ?, ?, NULL)", (access, chain["chain"], expires, refresh))
        return {"access_token": access, "token_type": "bearer", "expires_in": str(TOKEN_S), "refresh_token": refresh}

    def note_replay(self, refusal: TokenRefusedError) -> None:
        """Keep what a replay did to its chain, after the refused request was rolled back."""
        if isinstance(refusal, _ReplayedError):
            self._world.database.run(refusal.statement, refusal.values)

    def identity(self, authorization: str) -> Identity | None:
        """Return whom a bearer token speaks for, or None where it is unknown, expired or revoked."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        row = self._world.database.one(_IDENTITY, (token.strip(),))
        now = self._world.clock.now_ms()
        if row is None or row["killed_ms"] is not None or now >= row["expires_ms"]:
            return None
        if row["first_used_ms"] is None:
            self._world.database.run("UPDATE _access_tokens SET first_used_ms = ? WHERE token = ?", (now, token.strip()))
        scopes = frozenset(json.loads(row["scopes"])) if row["scopes"] else None
        divisions = frozenset(json.loads(row["divisions"]))
        return Identity(row["client_id"], row["user_id"], divisions, row["_language"], scopes, _refused(row))


_IDENTITY = (
    "SELECT a.expires_ms, a.first_used_ms, c.client_id, c.user_id, c.divisions, c.killed_ms, u._language, u._blocked, u._reason, p.scopes"
    " FROM _access_tokens a JOIN _chains c ON c.chain = a.chain JOIN users u ON u.UserID = c.user_id"
    " JOIN _applications p ON p.client_id = c.client_id WHERE a.token = ?"
)


def _refused(row: Row) -> str:
    return (row["_reason"] or "BlockedUser") if row["_blocked"] else ""


class _ReplayedError(TokenRefusedError):
    """An already used refresh token; carries what has to be remembered of it."""

    def __init__(self, statement: str, values: tuple[object, ...], status: int) -> None:
        killed = values[1] is not None
        if killed:
            super().__init__(400, "invalid_grant", CHAIN, reason=f"Unknown: {CHAIN}", counts=True)
        else:
            super().__init__(status, "unauthorized_client", "Old refresh token used.", counts=True)
        self.statement = statement
        self.values = values


CHAIN = "Token is not allowed, because of invalid or empty chainId"
EARLY = "Rate limit exceeded: access_token not expired"


def _broken() -> TokenRefusedError:
    return TokenRefusedError(400, "invalid_grant", CHAIN, reason=f"Unknown: {CHAIN}", counts=True)


def _too_early() -> TokenRefusedError:
    return TokenRefusedError(400, "access_denied", EARLY, reason=f"TooEarlyToRefreshTokens: {EARLY}", counts=True)


def _us(ms: int) -> str:
    """Return a moment as Exact writes it in this one place: 10/11/2022 9:18:20 PM."""
    at = moment(ms)
    return f"{at.month}/{at.day}/{at.year} {at.hour % 12 or 12}:{at:%M:%S} {'AM' if at.hour < 12 else 'PM'}"
