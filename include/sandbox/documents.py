"""Documents and their attachments: two POSTs, not atomic, so that a document may be left without a file (FACTS 6.10)."""

from __future__ import annotations

import base64
import binascii

from include.sandbox import sql
from include.sandbox.bookkeeper import Bookkeeper, storable
from include.sandbox.clock import day_ms
from include.sandbox.database import Row
from include.sandbox.payload import Payload

SUBJECT = {10: "Sales invoice", 20: "Purchase invoice"}


def post_document(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write a document; without a date it has that of its upload. Raises `ValidationError`."""
    values = dict(payload.values)
    if not (values.get("Subject") or "").strip():
        keeper.complain("mandatory", "Subject")
    kind = _kind(keeper, values.get("Type"))
    for column, table in (("Account", "accounts"), ("Contact", "contacts"), ("Project", "projects"), ("Item", "items")):
        keeper.by_id(table, values.get(column), column)
    account = keeper.find("accounts", "ID", values["Account"]) if values.get("Account") else {}
    keeper.refuse_if_any()
    given = values.pop("ID", None) if keeper.world.switches.client_given_ids else None
    values.pop("ID", None)
    named = {"AccountCode": (account or {}).get("Code"), "AccountName": (account or {}).get("Name")}
    return _insert(keeper, {**values, **named, "ID": given or keeper.world.new_id(), "TypeDescription": (kind or {}).get("Description")})


def _insert(keeper: Bookkeeper, values: Row) -> Row:
    whole = {
        "DocumentDate": day_ms(keeper.world.stamp_ms()),
        "HasEmptyBody": not values.get("Body"),
        "Language": "nl-NL",
        **{name: value for name, value in values.items() if value is not None},
    }
    whole["HID"] = values.get("HID") or keeper.world.database.next(f"document/{keeper.division}")
    whole["DocumentViewUrl"] = f"{keeper.world.base_url}/docs/DocView.aspx?DocumentID={whole['ID']}"
    row = storable(keeper.stamped(whole))
    keeper.world.database.insert("documents", row)
    return row


def _kind(keeper: Bookkeeper, kind: int | None) -> Row | None:
    if kind is None:
        keeper.complain("mandatory", "Type")
        return None
    row = keeper.world.database.find("document_types", Division=keeper.division, ID=kind)
    if row is None:
        keeper.complain("invalid_reference", "Type")
    return row


def change_document(keeper: Bookkeeper, document_id: str, values: Row) -> None:
    """Change a document. Raises `ValidationError`."""
    changes = {name: value for name, value in values.items() if name != "ID"}
    if "Subject" in changes and not (changes["Subject"] or "").strip():
        keeper.complain("mandatory", "Subject")
    if "Type" in changes:
        changes["TypeDescription"] = (_kind(keeper, changes["Type"]) or {}).get("Description")
    keeper.by_id("accounts", changes.get("Account"), "Account")
    keeper.refuse_if_any()
    keeper.world.touch("documents", document_id, storable(changes), division=keeper.division)


def delete_document(keeper: Bookkeeper, document_id: str) -> None:
    """Delete a document that no entry was booked from, with its attachments. Raises `ValidationError`."""
    database = keeper.world.database
    row = database.find("documents", ID=document_id) or {}
    if row.get("FinancialTransactionEntryID"):
        keeper.complain("cannot_delete", "Document")
    keeper.refuse_if_any()
    for attachment in database.find_all("document_attachments", Document=document_id):
        delete_attachment(keeper, attachment["ID"])
    database.run(sql.delete("documents", '"ID" = ?'), (document_id,))
    keeper.world.log_deletion("documents", document_id, division=keeper.division, user_id=keeper.user_id)


def post_attachment(keeper: Bookkeeper, payload: Payload) -> Row:
    """Write a file that belongs to a document; its content comes back only through its `Url`. Raises `ValidationError`."""
    values = payload.values
    for name in ("Attachment", "Document", "FileName"):
        if not values.get(name):
            keeper.complain("mandatory", name)
    keeper.by_id("documents", values.get("Document"), "Document")
    size = _size(keeper, values.get("Attachment") or "")
    keeper.refuse_if_any()
    key = keeper.world.new_id()
    row = {
        "ID": key,
        "Document": values["Document"],
        "FileName": values["FileName"],
        "FileSize": float(size),
        "Url": f"{keeper.world.base_url}/docs/SysAttachment.aspx?ID={key}&_Division_={keeper.division}",
        "_content": values["Attachment"],
    }
    stored = keeper.stamped(row)
    keeper.world.database.insert("document_attachments", stored)
    keeper.world.touch("documents", values["Document"], {}, division=keeper.division)
    return stored


def _size(keeper: Bookkeeper, content: str) -> int:
    try:
        return len(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError):
        keeper.complain("invalid", "Attachment")
        return 0


def delete_attachment(keeper: Bookkeeper, attachment_id: str) -> None:
    """Delete a file."""
    keeper.world.database.run(sql.delete("document_attachments", '"ID" = ?'), (attachment_id,))
    keeper.world.log_deletion("document_attachments", attachment_id, division=keeper.division, user_id=keeper.user_id)


def made_for(keeper: Bookkeeper, entry: Row, kind: int) -> Row:
    """Make the document that a purchase entry or a printed invoice comes with; `entry` has key, relation and reference."""
    account_id = entry.get("Supplier") or entry.get("InvoiceTo")
    account = (keeper.find("accounts", "ID", account_id) if account_id else None) or {}
    return _insert(
        keeper,
        {
            "ID": keeper.world.new_id(),
            "Type": kind,
            "TypeDescription": SUBJECT[kind],
            "Subject": entry.get("DocumentSubject")
            or entry.get("Description")
            or f"{SUBJECT[kind]} {entry.get('YourRef') or entry['EntryNumber']}",
            "Account": account_id,
            "AccountCode": account.get("Code"),
            "AccountName": account.get("Name"),
            "AmountFC": entry["AmountFC"],
            "Currency": entry["Currency"],
            "FinancialTransactionEntryID": entry["EntryID"],
            "SalesInvoiceNumber": entry.get("InvoiceNumber") if kind == 10 else None,
        },
    )


def link(keeper: Bookkeeper, document_id: str, entry: Row) -> None:
    """Tell a document which entry was booked from it."""
    changes = {"FinancialTransactionEntryID": entry["EntryID"], "AmountFC": entry["AmountFC"], "Currency": entry["Currency"]}
    keeper.world.touch("documents", document_id, changes, division=keeper.division)


def unlink(keeper: Bookkeeper, entry_id: str) -> None:
    """Let the documents of an entry that is gone stand by themselves."""
    database = keeper.world.database
    where = '"Division" = ? AND "FinancialTransactionEntryID" = ?'
    for row in database.all(sql.select("*", "documents", where), (keeper.division, entry_id)):
        keeper.world.touch("documents", row["ID"], {"FinancialTransactionEntryID": None}, division=keeper.division)
