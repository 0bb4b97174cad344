"""A division's master data in memory, for mappings to ask."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import NAMESPACE_OID, UUID, uuid5

from include.mappings.master_data import GLAccount, Journal, Period, VatCode

GL_ACCOUNTS = frozenset({"8000", "8010", "8020", "8030", "8040", "8050", "8100", "8110", "8120", "8130", "8190", "1600"})
ITEMS = frozenset({"85123A", "71053", "22423", "SHIPPING", "DISCOUNT", "MISC", "CHARGES", "ROUNDING", "VOUCHER"})
VAT_CODES = (
    VatCode("1", Decimal("0.2"), "E"),
    VatCode("4", Decimal(0), "E"),
    VatCode("5", Decimal(0), "E"),
    VatCode("21", Decimal("0.21"), "E"),
    VatCode("I0", Decimal(0), "E"),
    VatCode("X0", Decimal(0), "E"),
    # Those of a Dutch company whose shop has prices including VAT.
    VatCode("NL21", Decimal("0.21"), "I"),
    VatCode("NL9", Decimal("0.09"), "E"),
    VatCode("NL0", Decimal(0), "E"),
    VatCode("ICL", Decimal(0), "B"),
    VatCode("ICD", Decimal(0), "B"),
    VatCode("EXP", Decimal(0), "B"),
    VatCode("OUT", Decimal(0), "N"),
    VatCode("DE19", Decimal("0.19"), "I"),
    VatCode("DE7", Decimal("0.07"), "E"),
    VatCode("NONE", Decimal(0), "N"),
)


def id_of(kind: str, code: str) -> UUID:
    """The same id for the same code, in every test and golden file."""
    return uuid5(NAMESPACE_OID, f"{kind}:{code}")


@dataclass(frozen=True)
class Books:
    """Answers as the mirror does; `without` and `with_vat_code` make a division in which something is missing or different."""

    accounts: frozenset[str] = frozenset({"17850", "12583", "90000"})
    items: frozenset[str] = ITEMS
    gl_accounts: dict[str, GLAccount] = field(
        default_factory=lambda: {code: GLAccount(id_of("gl_account", code), 110) for code in GL_ACCOUNTS}
    )
    vat_codes: dict[str, VatCode] = field(default_factory=lambda: {code.code: code for code in VAT_CODES})
    journals: dict[str, Journal] = field(default_factory=lambda: {"70": Journal("70", 20)})
    payment_conditions: frozenset[str] = frozenset({"PP", "30"})
    rates: dict[str, Decimal] = field(default_factory=lambda: {"GBP": Decimal("1.15")})
    known_periods: tuple[Period, ...] = ()

    def account_id(self, code: str) -> UUID | None:
        return id_of("account", code) if code in self.accounts else None

    def customer_id(self, number: str) -> UUID | None:
        return self.account_id(number)

    def item_id(self, code: str) -> UUID | None:
        return id_of("item", code.upper()) if code.upper() in self.items else None

    def gl_account(self, code: str) -> GLAccount | None:
        return self.gl_accounts.get(code)

    def vat_code(self, code: str) -> VatCode | None:
        return self.vat_codes.get(code)

    def journal(self, code: str) -> Journal | None:
        return self.journals.get(code)

    def payment_condition(self, code: str) -> bool:
        return code in self.payment_conditions

    def exchange_rate(self, currency: str, on: date) -> Decimal | None:
        return self.rates.get(currency)

    def periods(self, journal: str, on: date) -> tuple[Period, ...]:
        return self.known_periods

    def with_gl_account(self, code: str, kind: int, *, blocked: bool = False) -> Books:
        return replace(self, gl_accounts={**self.gl_accounts, code: GLAccount(id_of("gl_account", code), kind, blocked)})

    def with_vat_code(self, vat_code: VatCode) -> Books:
        return replace(self, vat_codes={**self.vat_codes, vat_code.code: vat_code})
