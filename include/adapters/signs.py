"""Did Exact take our credits as credits? Which sign it wants on the way in is not documented (FACTS 6.2), so what it holds is read back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from include.adapters.drafts import ENDPOINTS
from include.administrations.credits import CreditSign
from include.administrations.model import Administration
from include.errors import SetupError
from include.exact.client import ExactClient, Query
from include.exact.documents import KINDS
from include.exact.models.sales_invoice import SalesInvoice
from include.exact.odata import Row, equal, every, one_of
from include.store.credits import CreditStore, PostedCredit, Proof

log = logging.getLogger(__name__)

# As many tokens as an address may hold with room to spare.
TOKENS_A_CALL = 40
NAMED_MAX = 5


@dataclass(frozen=True)
class Signs:
    """The signs of one administration's credits. `visible_s`: after so long a document that is not there was deleted."""

    memory: CreditStore
    client: ExactClient
    administration: Administration
    visible_s: float

    def read_back(self) -> int:
        """Read back what is not proven, one call for up to 40 credits; returns how many were proven.

        Raises `SetupError` when Exact took a credit for a sale: until that is mended, no other one must follow.
        """
        proofs: list[Proof] = []
        unproven = self.memory.unproven()
        for endpoint in sorted({each.endpoint for each in unproven}):
            proofs += self._proofs(endpoint, [each for each in unproven if each.endpoint == endpoint])
        self.memory.prove(proofs)
        wrong = {each.mutation_id for each in proofs if each.amount_dc is not None and each.amount_dc > 0}
        if wrong:
            self.memory.hold(True)
            raise self._taken_for_sales([each for each in unproven if each.mutation_id in wrong])
        return len(proofs)

    def is_proven(self) -> bool:
        """Whether Exact has taken a credit that was written as the next one will be; until then, credits are held back."""
        endpoint = ENDPOINTS[self.administration.target]
        proven = self.memory.is_proven(endpoint, self.administration.credits.quantity_sign.value)
        self.memory.hold(not proven)
        return proven

    def _proofs(self, endpoint: str, posted: Sequence[PostedCredit]) -> Iterator[Proof]:
        for start in range(0, len(posted), TOKENS_A_CALL):
            some = posted[start : start + TOKENS_A_CALL]
            found = self._read(endpoint, [each.token for each in some])
            for each in some:
                amount = _amount(found.get(each.token))
                deleted = each.token not in found and each.seconds > self.visible_s
                worth_nothing = each.token in found and not each.net
                if amount is not None or deleted or worth_nothing:
                    yield Proof(each.mutation_id, _written_sign(each), None if worth_nothing else amount)

    def _read(self, endpoint: str, tokens: Sequence[str]) -> dict[str, Row]:
        kind = KINDS[endpoint]
        terms = {"Journal": self.administration.journals.sales}
        where = every(*(equal(name, terms[name]) for name in kind.filter_fields), one_of(kind.token_field, tokens))
        rows = self.client.rows(Query(endpoint, (kind.id_field, kind.token_field, "AmountDC"), where))
        return {str(row[kind.token_field]): row for row in rows}

    def _taken_for_sales(self, wrong: Sequence[PostedCredit]) -> SetupError:
        numbers = ", ".join(each.your_ref for each in wrong[:NAMED_MAX])
        other = "positive" if _written_sign(wrong[0]) == CreditSign.NEGATIVE else "negative"
        log.error("%s: Exact took %s credits for sales: %s", self.administration.name, len(wrong), numbers)
        return SetupError(
            "credit_taken_for_sale",
            self.administration.name,
            cure=f"Exact shows {numbers} with a positive amount: write credits: {{sign: {other}}} in {self.administration.name}.yaml, "
            "delete the drafts of these returns in Exact and book them again, then clear the task. No other credit is sent until then",
        )


def _amount(row: Row | None) -> Decimal | None:
    """The amount, once Exact has reckoned it."""
    value = row.get("AmountDC") if row else None
    return Decimal(str(value)) if value else None


def _written_sign(credit: PostedCredit) -> str:
    """How the credit was written; entries always carry negative amounts."""
    if credit.endpoint != SalesInvoice.endpoint:
        return CreditSign.NEGATIVE.value
    lines = SalesInvoice.from_payload(credit.payload).sales_invoice_lines
    total = sum((line.quantity * line.net_price for line in lines), Decimal(0))
    return (CreditSign.POSITIVE if total > 0 else CreditSign.NEGATIVE).value
