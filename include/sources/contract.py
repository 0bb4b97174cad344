"""The contract between a company's own software and Exactly: which views it offers, column by column.

A company makes these views in a schema `exactly_contract` of its own PostgreSQL, over its own tables (template: `contract.sql`).
Everything else follows from the data below: what is selected, what is checked, what is printed in the manual.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

SCHEMA = "exactly_contract"


class Need(StrEnum):
    """How badly a column is needed."""

    MANDATORY = "mandatory"  # in the view, and filled in each row
    MAY_BE_EMPTY = "may be empty"  # in the view: leaving it out by mistake would book wrongly; a row may leave it empty
    OPTIONAL = "optional"  # may be left out of the view altogether


class Form(StrEnum):
    """What a column holds, which says how it is read."""

    KEY = "key"  # the source's own number: never altered
    CODE = "code"
    ARTICLE = "article code"  # read in upper case
    TEXT = "text"
    COUNTRY = "country"
    CURRENCY = "currency"
    NUMBER = "number"
    PRICE = "price"
    PERCENT = "percent"
    POSITION = "position"
    FLAG = "flag"
    MOMENT = "moment"
    DAY = "day"


@dataclass(frozen=True)
class Column:
    """One column of a contract view; `choices` lists the only values allowed, if there are such."""

    name: str
    form: Form
    need: Need
    meaning: str
    unit: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """One contract view; `parent` names the column that says to which document a line belongs."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    parent: str = ""

    def column(self, name: str) -> Column:
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}


_M, _E, _O = Need.MANDATORY, Need.MAY_BE_EMPTY, Need.OPTIONAL
_CHANGED = "last change of the row or of anything below it; must move with each change, or the change is never seen"
_CHECKED_ON = Column("vat_number_checked_on", Form.DAY, _O, "day on which the VAT number was last found valid; empty: never", "date")
_VAT_NUMBER = Column("vat_number", Form.CODE, _O, "VAT number of the buyer, with its country letters")
_BUYER = Column("kind_of_buyer", Form.CODE, _O, "who buys: decides the VAT regime", choices=("business", "consumer"))
_COUNTRY = Column("country", Form.COUNTRY, _M, "where the goods go: decides the administration and the VAT", "ISO 3166-1, two letters")

_DOCUMENT = (
    Column("customer_number", Form.CODE, _E, "number of the customer in view customers; empty: a guest"),
    _COUNTRY,
    Column("currency", Form.CURRENCY, _M, "currency of all amounts of the document", "ISO 4217, three letters"),
    Column("prices_include_vat", Form.FLAG, _M, "whether unit_price includes VAT"),
    Column("ordered_at", Form.MOMENT, _M, "when the customer ordered, or asked to return", "moment with time zone"),
    Column("delivered_at", Form.MOMENT, _O, "when the goods left, or came back; empty: not yet or not known", "moment with time zone"),
    Column("invoiced_at", Form.MOMENT, _O, "when the shop invoiced or credited it; empty: not yet or not known", "moment with time zone"),
    Column("changed_at", Form.MOMENT, _M, _CHANGED, "moment with time zone"),
    Column("status", Form.CODE, _M, "whether the document still stands", choices=("open", "cancelled")),
    Column("payment_method", Form.CODE, _M, "how it was or will be paid; the administration maps it onto a payment condition"),
    Column("total_paid", Form.PRICE, _O, "total incl. VAT that the customer paid, or got back; positive", "currency of the document"),
    _BUYER,
    _VAT_NUMBER,
    _CHECKED_ON,
)
_LINE = (
    Column("position", Form.POSITION, _M, "place of the line in its document, each once", "whole number"),
    Column("article_code", Form.ARTICLE, _M, "article; capitals and small letters are the same"),
    Column("description", Form.TEXT, _E, "what the customer reads on the line"),
    Column("quantity", Form.NUMBER, _M, "number of units sold; in a return: number of units taken back, positive", "units"),
    Column("unit_price", Form.NUMBER, _M, "price of one unit; negative only on discount and voucher lines", "currency of the document"),
    Column("vat_rate", Form.PERCENT, _M, "VAT rate that the shop charged; 21 means 21 %", "percent"),
    Column("product_group", Form.CODE, _M, "group of the article; the administration maps it onto a GL account"),
    Column("kind", Form.CODE, _M, "kind of line", choices=("article", "shipping", "discount", "payment_cost", "voucher")),
    Column("supply", Form.CODE, _O, "whether it is a good or a service; empty: a good", choices=("goods", "services")),
)


def _address(kind: str) -> tuple[Column, ...]:
    """The columns of a further address; all of them empty: there is none."""
    return (
        Column(f"{kind}_address_line_1", Form.TEXT, _O, f"street and house number of the {kind} address, if it is another one"),
        Column(f"{kind}_address_line_2", Form.TEXT, _O, f"second line of the {kind} address"),
        Column(f"{kind}_postcode", Form.TEXT, _O, f"postcode of the {kind} address"),
        Column(f"{kind}_city", Form.TEXT, _O, f"place of the {kind} address"),
        Column(
            f"{kind}_country", Form.COUNTRY, _O, f"country of the {kind} address; empty: that of the customer", "ISO 3166-1, two letters"
        ),
    )


CUSTOMERS = View(
    "customers",
    "one row per customer with an account at the shop",
    (
        Column("number", Form.KEY, _M, "the shop's own number of the customer, each once"),
        Column("name", Form.TEXT, _M, "name of the company, or of the person"),
        Column("contact", Form.TEXT, _O, "name of the person to address"),
        Column("email", Form.TEXT, _O, "e-mail address for invoices"),
        Column("phone", Form.TEXT, _O, "telephone number"),
        Column("address_line_1", Form.TEXT, _O, "street and house number"),
        Column("address_line_2", Form.TEXT, _O, "second line of the address"),
        Column("postcode", Form.TEXT, _O, "postcode"),
        Column("city", Form.TEXT, _O, "place"),
        Column("country", Form.COUNTRY, _M, "country of the address", "ISO 3166-1, two letters"),
        *_address("invoice"),
        *_address("delivery"),
        Column("language", Form.CODE, _O, "language of letters and invoices", "ISO 639-1, two letters"),
        _BUYER,
        _VAT_NUMBER,
        _CHECKED_ON,
        Column("registration_number", Form.CODE, _O, "number in the register of companies"),
        Column("changed_at", Form.MOMENT, _M, _CHANGED, "moment with time zone"),
    ),
)
ORDERS = View(
    "orders",
    "one row per order",
    (Column("number", Form.KEY, _M, "the shop's own number of the order, each once; printed on the invoice"), *_DOCUMENT),
)
ORDER_LINES = View(
    "order_lines",
    "one row per line of an order: articles, shipping, discounts, vouchers, payment costs",
    (Column("order_number", Form.KEY, _M, "number of the order to which the line belongs"), *_LINE),
    parent="order_number",
)
RETURNS = View(
    "returns",
    "one row per return; amounts are positive and mean money that goes back to the customer",
    (
        Column("number", Form.KEY, _M, "the shop's own number of the return, each once"),
        Column("order_number", Form.KEY, _E, "number of the order that it takes back; empty: not known"),
        *_DOCUMENT,
    ),
)
RETURN_LINES = View(
    "return_lines",
    "one row per line of a return",
    (
        Column("return_number", Form.KEY, _M, "number of the return to which the line belongs"),
        *_LINE,
        Column("order_position", Form.POSITION, _O, "position of the order's line that it takes back", "whole number"),
    ),
    parent="return_number",
)
VIEWS = (CUSTOMERS, ORDERS, ORDER_LINES, RETURNS, RETURN_LINES)

SQL_TYPES: dict[Form, str] = {
    Form.KEY: "text",
    Form.CODE: "text",
    Form.ARTICLE: "text",
    Form.TEXT: "text",
    Form.COUNTRY: "text",
    Form.CURRENCY: "text",
    Form.NUMBER: "numeric",
    Form.PRICE: "numeric",
    Form.PERCENT: "numeric",
    Form.POSITION: "integer",
    Form.FLAG: "boolean",
    Form.MOMENT: "timestamptz",
    Form.DAY: "date",
}
