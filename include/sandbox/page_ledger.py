"""Pages of the ledger: the trial balance, and a card per account with the balance after each line. Quick with a million lines too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from include.sandbox import sql
from include.sandbox.database import Row
from include.sandbox.face import PAGE, Face, place_of
from include.sandbox.server import Request, Response

CARD = 2 * PAGE
OF_ACCOUNT = '"Division" = ? AND "GLAccountCode" = ? AND rowid < ?'
SUM = 'coalesce(sum(CAST(round("AmountDC" * 100) AS INTEGER)), 0)'


class LedgerPages:
    """Shows the ledger of a company."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._database = face.world.database
        self._balances: dict[int, tuple[object, dict[str, Any]]] = {}

    def balance(self, division: int) -> dict[str, Any]:
        """Return the trial balance of a company; added up anew only after something was booked."""
        state = self._state(division)
        known = self._balances.get(division)
        if known is None or known[0] != state:
            known = self._balances[division] = (state, self._face.books.trial_balance(division)[0])
        return known[1]

    def _state(self, division: int) -> object:
        """Return what differs whenever the ledger does: every booking and deletion draws a timestamp, a reset draws new keys."""
        newest = sql.select('"ID", "Created", "Timestamp"', "transaction_lines", '"Division" = ?', 'ORDER BY "Timestamp" DESC LIMIT 1')
        drawn = self._database.next(f"timestamp/{division}", step=0)
        return drawn, self._database.one(newest, (division,))

    def trial_balance(self, request: Request, company: Row) -> Response:
        """Show the balance of every ledger account, and that they add up to zero."""
        division = company["Code"]
        balance = self.balance(division)
        amounts = {each["code"]: Decimal(each["amount_dc"]) for each in balance["balances"]}
        accounts = self._database.all(sql.select("*", "gl_accounts", '"Division" = ?', 'ORDER BY "Code"'), (division,))
        values = {
            "company": company,
            "tab": "ledger",
            "accounts": accounts,
            "amounts": amounts,
            "debit": sum(amount for amount in amounts.values() if amount > 0),
            "credit": -sum(amount for amount in amounts.values() if amount < 0),
            "sum_dc": balance["sum_dc"],
        }
        return self._face.show(request, "ledger.html", values)

    def card(self, request: Request, company: Row, code: str) -> Response:
        """Show the lines of a ledger account, newest first, each with the balance after it."""
        division, before = company["Code"], place_of(request)
        account = self._database.find("gl_accounts", Division=division, Code=code)
        if account is None:
            return self._face.missing()
        cents = int(self._database.scalar(sql.select(SUM, "transaction_lines", OF_ACCOUNT), (division, code, before)))
        lines = self._lines(division, code, before)
        for line in lines:
            line["balance"] = Decimal(cents) / 100
            cents -= round(line["AmountDC"] * 100)
        values = {
            "company": company,
            "tab": "ledger",
            "account": account,
            "lines": lines[:CARD],
            "balance": Decimal(str(next((each["amount_dc"] for each in self.balance(division)["balances"] if each["code"] == code), 0))),
            "before": lines[CARD - 1]["_row"] if len(lines) > CARD else None,
            "is_first": "before" not in request.parameters,
        }
        return self._face.show(request, "ledger_card.html", values)

    def _lines(self, division: int, code: str, before: int) -> list[Row]:
        """Return a page of lines; their places come from the index alone, so that the wide rows of others are not read."""
        places = sql.select("rowid", "transaction_lines", OF_ACCOUNT, f"ORDER BY rowid DESC LIMIT {CARD + 1}")
        columns = 'rowid AS _row, "EntryID", "Date", "JournalCode", "EntryNumber", "YourRef", "AccountName", "Description", "AmountDC"'
        return self._database.all(
            sql.select(columns, "transaction_lines", f"rowid IN ({places})", "ORDER BY rowid DESC"), (division, code, before)
        )
