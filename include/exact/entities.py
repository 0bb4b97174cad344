"""What the mirror holds of Exact, and through which service it is read (FACTS 4.1–4.11)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """A kind of record in the mirror.

    `by_sync`: its endpoint is a sync feed, read from a rowversion on; else it is read whole each time. `deleted_type` is its number in
    the feed of deletions (FACTS 4.5). `code_field` is what people know it by. Where no field is a key by itself, `key_fields` are one
    together. `where` narrows what is read; with `year_field`, years before the last one are left out. `document_field` holds the id of the
    document that a header or a line belongs to.
    """

    name: str
    endpoint: str
    id_field: str
    fields: tuple[str, ...]
    code_field: str | None = None
    by_sync: bool = False
    deleted_type: int | None = None
    token_field: str | None = None
    key_fields: tuple[str, ...] = ()
    where: str | None = None
    year_field: str | None = None
    document_field: str | None = None


DELETED_ENDPOINT = "sync/Deleted"
DELETED_FIELDS = ("Timestamp", "EntityKey", "EntityType", "DeletedDate")

MASTER_DATA = (
    Entity(
        "Divisions",
        "system/Divisions",
        "Code",
        ("Code", "Description", "ChamberOfCommerceNumber", "VATNumber", "Currency", "Country", "BlockingStatus", "DivisionMoveDate"),
        "Code",
    ),
    Entity(
        "Accounts",
        "sync/CRM/Accounts",
        "ID",
        (
            "Timestamp",
            "ID",
            "Code",
            "Name",
            "Status",
            "Blocked",
            "VATNumber",
            "ChamberOfCommerce",
            "AddressLine1",
            "AddressLine2",
            "Postcode",
            "City",
            "Country",
            "Language",
            "Email",
            "Phone",
            "SearchCode",
            "CodeAtSupplier",
            "Modified",
        ),
        "Code",
        by_sync=True,
        deleted_type=2,
        token_field="CodeAtSupplier",  # noqa: S106  a field's name, no secret
    ),
    Entity(
        "Items",
        "sync/Logistics/Items",
        "ID",
        ("Timestamp", "ID", "Code", "Description", "ItemGroupCode", "GLRevenueCode", "IsSalesItem", "EndDate"),
        "Code",
        by_sync=True,
        deleted_type=9,
    ),
    Entity(
        "GLAccounts",
        "sync/Financial/GLAccounts",
        "ID",
        ("Timestamp", "ID", "Code", "Description", "Type", "IsBlocked", "VATCode"),
        "Code",
        by_sync=True,
        deleted_type=7,
    ),
    Entity(
        "Journals",
        "financial/Journals",
        "ID",
        ("ID", "Code", "Description", "Type", "IsBlocked", "Currency", "AllowVariableCurrency"),
        "Code",
    ),
    Entity("VATCodes", "vat/VATCodes", "ID", ("ID", "Code", "Description", "Percentage", "Type", "IsBlocked"), "Code"),
    Entity("PaymentConditions", "cashflow/PaymentConditions", "ID", ("ID", "Code", "Description", "PaymentMethod", "PaymentDays"), "Code"),
    Entity("ExchangeRates", "financial/ExchangeRates", "ID", ("ID", "SourceCurrency", "TargetCurrency", "Rate", "StartDate")),
)

# Which periods there are, and which of them are open for which sales journal; nothing but the list of journals says that.
PERIODS = (
    Entity(
        "FinancialPeriods",
        "financial/FinancialPeriods",
        "ID",
        ("ID", "FinYear", "FinPeriod", "StartDate", "EndDate"),
        year_field="FinYear",
    ),
    Entity(
        "JournalStatusList",
        "read/financial/JournalStatusList",
        "Journal",
        ("Journal", "Year", "Period", "Status"),
        key_fields=("Journal", "Year", "Period"),
        where="JournalType eq 20",
        year_field="Year",
    ),
)

# What belongs to relations: followed where we write it.
RELATION_PARTS = (
    Entity(
        "Contacts",
        "sync/CRM/Contacts",
        "ID",
        ("Timestamp", "ID", "Account", "FirstName", "LastName", "Email", "Notes", "Modified"),
        by_sync=True,
        deleted_type=5,
        token_field="Notes",  # noqa: S106  a field's name, no secret
    ),
    Entity(
        "Addresses",
        "sync/CRM/Addresses",
        "ID",
        (
            "Timestamp",
            "ID",
            "Account",
            "Type",
            "AddressLine1",
            "AddressLine2",
            "Postcode",
            "City",
            "Country",
            "Notes",
            "Modified",
        ),
        by_sync=True,
        deleted_type=3,
        token_field="Notes",  # noqa: S106  a field's name, no secret
    ),
)

DOCUMENTS = {
    "SalesInvoices": Entity(
        "SalesInvoices",
        "sync/SalesInvoice/SalesInvoices",
        "ID",
        (
            "Timestamp",
            "ID",
            "InvoiceID",
            "LineNumber",
            "InvoiceNumber",
            "Description",
            "YourRef",
            "Journal",
            "Status",
            "Type",
            "Currency",
            "AmountFC",
            "AmountDC",
            "VATAmountFC",
            "VATCode",
            "OrderDate",
            "OrderedBy",
            "Created",
            "Creator",
            "Modified",
            "Modifier",
        ),
        by_sync=True,
        deleted_type=13,
        token_field="Description",  # noqa: S106  a field's name, no secret
        document_field="InvoiceID",
    ),
    "TransactionLines": Entity(
        "TransactionLines",
        "sync/Financial/TransactionLines",
        "ID",
        (
            "Timestamp",
            "ID",
            "EntryID",
            "EntryNumber",
            "LineNumber",
            "JournalCode",
            "YourRef",
            "ExternalLinkReference",
            "Date",
            "Type",
            "Status",
            "Currency",
            "AmountFC",
            "AmountDC",
            "AmountVATFC",
            "VATCode",
            "GLAccountCode",
            "Account",
            "Created",
            "Creator",
            "Modified",
            "Modifier",
        ),
        by_sync=True,
        deleted_type=1,
        token_field="ExternalLinkReference",  # noqa: S106  a field's name, no secret
        document_field="EntryID",
    ),
}

# All that the mirror may hold, by name.
ENTITIES = {entity.name: entity for entity in (*MASTER_DATA, *PERIODS, *RELATION_PARTS, *DOCUMENTS.values())}
