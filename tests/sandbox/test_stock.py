"""Stock counts and transfers, and the positions that follow them (FACTS 6.6)."""

from __future__ import annotations

import pytest

from tests.sandbox.company import balances, changed, deleted, keys, made, path, row_of
from tests.sandbox.driver import error_text

COUNTS, LINES, TRANSFERS = "inventory/StockCounts", "inventory/StockCountLines", "inventory/WarehouseTransfers"
POSITIONS = "sync/Inventory/StockPositions"


def count(client, *lines, warehouse="1", **header):
    whole = [{"Item": keys(client)["item:S1"], **line} for line in lines]
    return {"StockCountDate": today(client), "Warehouse": keys(client)[f"warehouse:{warehouse}"], **header, "StockCountLines": whole}


def transfer(client, quantity, *, to="2", **header):
    ends = {"WarehouseFrom": keys(client)["warehouse:1"], "WarehouseTo": keys(client)[f"warehouse:{to}"]}
    lines = [{"Item": keys(client)["item:S1"], "Quantity": quantity}]
    return {"EntryDate": today(client), **ends, **header, "WarehouseTransferLines": lines}


def today(client):
    return client.sandbox.control("GET", "clock")["now"][:10] + "T00:00:00"


def stock(client):
    rows = client.rows(path("inventory/ItemWarehouses"), select="ItemCode,WarehouseCode,CurrentStock")
    return {(row["ItemCode"], row["WarehouseCode"]): row["CurrentStock"] for row in rows}


def test_6_6_a_draft_count_moves_nothing_until_it_is_processed(client):
    draft = made(client, COUNTS, count(client, {"QuantityDifference": -3}, Description="WMS 1"))
    read = row_of(client, COUNTS, draft["StockCountID"])
    assert (read["Status"], read["StockCountNumber"], read["EntryNumber"], read["Source"]) == (12, 1, None, 4)
    assert stock(client) == {("S1", "1"): 10, ("S2", "1"): 0}
    client.post(path("inventory/ProcessStockCount"), {"StockCountID": draft["StockCountID"]})
    read = row_of(client, COUNTS, draft["StockCountID"])
    assert (read["Status"], read["EntryNumber"]) == (21, 1)
    assert stock(client)["S1", "1"] == 7
    assert balances(client) == {"3000": -12, "7000": 12}
    again = client.post(path("inventory/ProcessStockCount"), {"StockCountID": draft["StockCountID"]})
    assert error_text(again) == "Reeds verwerkt"
    assert len(client.rows(path(COUNTS), "Description eq 'WMS 1'", select="StockCountID")) == 1


@pytest.mark.parametrize(
    ("line", "left"), [({"QuantityNew": 4}, 4), ({"QuantityDifference": 2}, 12), ({"QuantityNew": 4, "QuantityDifference": 2}, 12)]
)
def test_6_6_where_both_quantities_are_posted_the_difference_wins(client, line, left):
    made(client, COUNTS, count(client, line, Status=21))
    assert stock(client)["S1", "1"] == left
    item = client.rows(path("logistics/Items"), "Code eq 'S1'", select="Stock")[0]
    assert item["Stock"] == left


def test_6_6_a_count_to_a_number_looks_at_the_stock_when_it_is_processed(client):
    draft = made(client, COUNTS, count(client, {"QuantityNew": 20}))["StockCountID"]
    made(client, COUNTS, count(client, {"QuantityDifference": 5}, Status=21))
    client.post(path("inventory/ProcessStockCount"), {"StockCountID": draft})
    assert stock(client)["S1", "1"] == 20
    line = client.rows(path(LINES), f"StockCountID eq guid'{draft}'", select="QuantityDifference,QuantityInStock,QuantityNew,Status")[0]
    assert (line["QuantityInStock"], line["QuantityDifference"], line["QuantityNew"], line["Status"]) == (15, 5, 20, 21)


def test_6_6_the_offset_of_a_count_may_be_chosen(client):
    made(client, COUNTS, count(client, {"QuantityDifference": 1}, Status=21, OffsetGLInventory=keys(client)["gl:4000"]))
    assert balances(client) == {"3000": 4, "4000": -4}


@pytest.mark.parametrize(
    ("header", "line", "text"),
    [
        ({"Warehouse": None}, {"QuantityNew": 1}, "Verplicht: Magazijn"),
        ({"StockCountDate": None}, {"QuantityNew": 1}, "Verplicht: Datum"),
        ({"StockCountLines": []}, {}, "Verplicht: Regels"),
        ({}, {}, "Verplicht: Nieuw aantal"),
        ({}, {"QuantityNew": 1, "Item": "item:A1"}, "Ongeldig: Artikel"),
        ({"Warehouse": "warehouse:3"}, {"QuantityNew": 1}, "Verplicht: Magazijnlocatie"),
        ({"Status": 21, "StockCountDate": "1999-12-31T00:00:00"}, {"QuantityNew": 1}, "Verplicht: Boekjaar"),
    ],
)
def test_6_6_a_count_is_refused_and_nothing_moves(client, header, line, text):
    named = {name: keys(client).get(value, value) if isinstance(value, str) else value for name, value in {**header, **line}.items()}
    body = count(client, {name: named[name] for name in line})
    refused = client.post(path(COUNTS), {**body, **{name: named[name] for name in header}})
    assert (refused.status_code, error_text(refused)) == (500, text)
    assert (stock(client), balances(client)) == ({("S1", "1"): 10, ("S2", "1"): 0}, {})


def test_6_6_a_warehouse_with_locations_takes_counts_that_name_one(client):
    line = {"QuantityNew": 6, "StorageLocation": keys(client)["location:A-01"]}
    made(client, COUNTS, count(client, line, warehouse="3", Status=21))
    assert stock(client)["S1", "3"] == 6


def test_6_6_negative_stock_is_a_switch(sandbox, client):
    made(client, COUNTS, count(client, {"QuantityDifference": -11}, Status=21))
    assert stock(client)["S1", "1"] == -1
    sandbox.switch(negative_stock=False)
    refused = client.post(path(COUNTS), count(client, {"QuantityDifference": -1}, Status=21))
    assert (refused.status_code, error_text(refused)) == (500, "Niet toegestaan: Negatieve voorraad")
    assert stock(client)["S1", "1"] == -1


def test_6_6_a_draft_changes_and_goes_a_processed_count_stays(client):
    key = made(client, COUNTS, count(client, {"QuantityNew": 1}))["StockCountID"]
    assert changed(client, COUNTS, key, {"Description": "changed"}).status_code == 204
    more = made(client, LINES, {"StockCountID": key, "Item": keys(client)["item:S2"], "QuantityNew": 3})
    assert changed(client, LINES, more["ID"], {"QuantityNew": 4}).status_code == 204
    assert row_of(client, LINES, more["ID"])["QuantityNew"] == 4
    assert deleted(client, LINES, more["ID"]).status_code == 204
    assert deleted(client, COUNTS, key).status_code == 204
    processed = made(client, COUNTS, count(client, {"QuantityNew": 1}, Status=21))["StockCountID"]
    assert error_text(deleted(client, COUNTS, processed)) == "Reeds verwerkt"
    assert error_text(changed(client, COUNTS, processed, {"Description": "x"})) == "Reeds verwerkt"


def test_6_6_a_transfer_moves_stock_and_no_money_once_it_is_processed(client):
    key = made(client, TRANSFERS, transfer(client, 4, Description="WMS 2"))["TransferID"]
    assert row_of(client, TRANSFERS, key)["Status"] == 10
    assert stock(client)["S1", "1"] == 10
    assert client.post(path("inventory/ProcessWarehouseTransfer"), {"TransferID": key}).status_code == 201
    assert (stock(client)["S1", "1"], stock(client)["S1", "2"]) == (6, 4)
    assert row_of(client, TRANSFERS, key)["Status"] == 50
    assert balances(client) == {}
    made(client, TRANSFERS, transfer(client, 1, Status=50))
    assert (stock(client)["S1", "1"], stock(client)["S1", "2"]) == (5, 5)
    assert error_text(deleted(client, TRANSFERS, key)) == "Reeds verwerkt"


def test_6_6_a_transfer_wants_two_warehouses_a_date_and_a_quantity(client):
    assert error_text(client.post(path(TRANSFERS), transfer(client, 1, to="1"))) == "Ongeldig: Naar magazijn"
    assert error_text(client.post(path(TRANSFERS), transfer(client, 1, EntryDate=None))) == "Verplicht: Datum"
    assert error_text(client.post(path(TRANSFERS), transfer(client, 0))) == "Verplicht: Aantal"
    assert error_text(client.post(path(TRANSFERS), transfer(client, 1, to="3"))) == "Verplicht: Magazijnlocatie"


def test_6_6_positions_show_up_again_on_every_movement(client):
    before = client.all_rows(path(POSITIONS), "Timestamp gt 1L", select="Timestamp,ItemCode,CurrentStock")
    last = max(int(row["Timestamp"]) for row in before)
    made(client, COUNTS, count(client, {"QuantityDifference": -1}, Status=21))
    after = client.all_rows(path(POSITIONS), f"Timestamp gt {last}L", select="Timestamp,ItemCode,CurrentStock,FreeStock")
    assert [(row["ItemCode"], row["CurrentStock"], row["FreeStock"]) for row in after] == [("S1", 9, 9)]
    item = keys(client)["item:S1"]
    found = client.call("GET", path("read/logistics/StockPosition"), query=f"itemId=guid'{item}'").json()["d"]["results"]
    assert [(row["InStock"], row["ProjectedStock"]) for row in found] == [(9, 9)]


def test_an_article_is_linked_to_a_warehouse_once_and_its_stock_cannot_be_written(client):
    body = {"Item": keys(client)["item:S1"], "Warehouse": keys(client)["warehouse:2"], "CurrentStock": 99, "ReorderPoint": 3}
    row = made(client, "inventory/ItemWarehouses", body)
    assert (row["CurrentStock"], row["ReorderPoint"], row["ItemCode"]) == (0, 3, "S1")
    assert error_text(client.post(path("inventory/ItemWarehouses"), body)) == "Gegeven bestaat reeds."
    assert changed(client, "inventory/ItemWarehouses", row["ID"], {"CurrentStock": 5, "SafetyStock": 1}).status_code == 204
    assert row_of(client, "inventory/ItemWarehouses", row["ID"])["CurrentStock"] == 0


def test_6_6_a_direct_invoice_takes_goods_along_and_its_credit_note_brings_them_back(client):
    invoices, printed = "salesinvoice/SalesInvoices", "salesinvoice/PrintedSalesInvoices"
    line = {"Item": keys(client)["item:S1"], "Quantity": 3, "NetPrice": 10, "VATCode": "N0"}
    body = {"OrderedBy": keys(client)["account:1"], "Journal": "70", "Type": 8023, "SalesInvoiceLines": [line]}
    assert error_text(client.post(path(invoices), body)) == "Verplicht: Magazijn"
    body["Warehouse"] = keys(client)["warehouse:1"]
    client.post(path(printed), {"InvoiceID": made(client, invoices, body)["InvoiceID"]})
    assert stock(client)["S1", "1"] == 7
    assert balances(client) == {"1300": 30, "3000": -12, "7000": 12, "8000": -30}
    client.post(path(printed), {"InvoiceID": made(client, invoices, {**body, "Type": 8024})["InvoiceID"]})
    assert stock(client)["S1", "1"] == 10
    assert balances(client) == {}


def test_a_company_is_not_deleted_over_the_api(client):
    refused = client.call("DELETE", path("system/Divisions(200)"))
    assert error_text(refused) == "Kan niet verwijderen: Administratie - In gebruik"
