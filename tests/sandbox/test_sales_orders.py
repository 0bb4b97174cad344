"""Sales orders, their deliveries and their invoices (FACTS 6.1)."""

from __future__ import annotations

import pytest

from tests.sandbox.company import balances, changed, deleted, keys, made, path, row_of
from tests.sandbox.driver import error_text

ORDERS, LINES, DELIVERIES = "salesorder/SalesOrders", "salesorder/SalesOrderLines", "salesorder/GoodsDeliveries"
INVOICE = "salesinvoice/InvoiceSalesOrders"


def order(client, *lines, **header):
    own = lines or ({"Quantity": 4, "NetPrice": 10, "VATCode": "E21"},)
    whole = [{"Item": keys(client)["item:S1"], **line} for line in own]
    return {"OrderedBy": keys(client)["account:1"], **header, "SalesOrderLines": whole}


def lines_of(client, key):
    rows = client.rows(
        path(LINES), f"OrderID eq guid'{key}'", select="ID,LineNumber,AmountFC,DeliveryStatus,InvoiceStatus,QuantityDelivered"
    )
    return sorted(rows, key=lambda row: row["LineNumber"])


def statuses(client, key):
    row = row_of(client, ORDERS, key)
    return row["Status"], row["DeliveryStatus"], row["InvoiceStatus"]


def deliver(client, line, quantity, **header):
    today = client.sandbox.control("GET", "clock")["now"][:10] + "T00:00:00"
    body = {"DeliveryDate": today, **header, "GoodsDeliveryLines": [{"SalesOrderLineID": line["ID"], "QuantityDelivered": quantity}]}
    return client.post(path(DELIVERIES), body)


def test_6_1_an_order_is_open_with_totals_and_a_number_of_its_own(client):
    key = made(client, ORDERS, order(client, YourRef="W-1"))["OrderID"]
    row = client.rows(path(ORDERS), "YourRef eq 'W-1'", select="OrderID,OrderNumber,AmountDC,AmountFCExclVat,OrderedByName,WarehouseCode")[
        0
    ]
    assert (row["OrderID"], row["OrderNumber"], row["AmountDC"], row["AmountFCExclVat"]) == (key, 1, 48.4, 40)
    assert (row["OrderedByName"], row["WarehouseCode"]) == ("First customer B.V.", "1")
    assert statuses(client, key) == (12, 12, 12)
    assert balances(client) == {}
    again = made(client, ORDERS, order(client, YourRef="W-1", OrderNumber=1))
    assert again["OrderNumber"] == 1


def test_6_1_an_order_leaves_planned_stock(client):
    key = made(client, ORDERS, order(client))["OrderID"]
    row = client.rows(path("inventory/ItemWarehouses"), "ItemCode eq 'S1'", select="CurrentStock,PlannedStockOut,ProjectedStock")[0]
    assert (row["CurrentStock"], row["PlannedStockOut"], row["ProjectedStock"]) == (10, 4, 6)
    assert deleted(client, ORDERS, key).status_code == 204
    row = client.rows(path("inventory/ItemWarehouses"), "ItemCode eq 'S1'", select="PlannedStockOut,ProjectedStock")[0]
    assert (row["PlannedStockOut"], row["ProjectedStock"]) == (0, 10)
    assert {32, 33} <= {row["EntityType"] for row in client.rows(path("sync/Deleted"), "Timestamp gt 1L")}


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"OrderedBy": None}, "Verplicht: Besteld door"),
        ({"OrderedBy": "account:40"}, "Ongeldig: Besteld door (Type)"),
        ({"SalesOrderLines": []}, "Verplicht: Regels"),
        ({"SalesOrderLines": [{"Quantity": 1}]}, "Verplicht: Artikel"),
    ],
)
def test_6_1_an_order_is_refused(client, change, text):
    named = {name: keys(client).get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    refused = client.post(path(ORDERS), {**order(client), **named})
    assert (refused.status_code, error_text(refused)) == (500, text)


def test_6_1_goods_leave_in_parts_and_the_order_knows(client):
    key = made(client, ORDERS, order(client))["OrderID"]
    line = lines_of(client, key)[0]
    assert deliver(client, line, 1).status_code == 201
    assert statuses(client, key) == (20, 20, 12)
    assert balances(client) == {"3000": -4, "7000": 4}
    assert error_text(deliver(client, line, 4)) == "Ongeldig: Geleverd aantal"
    assert deliver(client, line, 3).status_code == 201
    assert statuses(client, key) == (20, 21, 12)
    stock = client.rows(path("inventory/ItemWarehouses"), "ItemCode eq 'S1'", select="CurrentStock,PlannedStockOut")[0]
    assert (stock["CurrentStock"], stock["PlannedStockOut"]) == (6, 0)
    assert error_text(deleted(client, ORDERS, key)).startswith("Kan niet verwijderen")
    assert deleted(client, DELIVERIES, key).status_code == 405


def test_6_1_orders_are_invoiced_by_what_was_delivered_or_ordered(client):
    first, second = (made(client, ORDERS, order(client, YourRef=ref))["OrderID"] for ref in ("1", "2"))
    deliver(client, lines_of(client, first)[0], 1)
    body = {"CreateMode": 0, "InvoiceMode": 0, "JournalCode": "70", "SalesOrderIDs": [{"ID": first}, {"ID": second}]}
    made(client, INVOICE, body)
    invoices = client.rows(path("salesinvoice/SalesInvoices"), "Status eq 20", select="AmountDC,OrderNumber")
    assert [row["AmountDC"] for row in invoices] == [12.1]
    assert statuses(client, first) == (20, 20, 20)
    assert made(client, INVOICE, {**body, "CreateMode": 1, "InvoiceMode": 1})["NumberOfCreatedInvoices"] in (None, 2)
    invoices = client.rows(path("salesinvoice/SalesInvoices"), "Status eq 20", select="AmountDC")
    assert sorted(row["AmountDC"] for row in invoices) == [12.1, 36.3, 48.4]
    assert statuses(client, second) == (20, 12, 21)


def test_6_1_a_complete_order_is_not_changed_any_more(client):
    key = made(client, ORDERS, order(client))["OrderID"]
    assert changed(client, ORDERS, key, {"Description": "changed", "OrderedBy": keys(client)["account:25"]}).status_code == 204
    row = row_of(client, ORDERS, key)
    assert (row["Description"], row["OrderedByName"]) == ("changed", "First customer B.V.")
    deliver(client, lines_of(client, key)[0], 4)
    made(client, INVOICE, {"CreateMode": 0, "InvoiceMode": 1, "JournalCode": "70", "SalesOrderIDs": [{"ID": key}]})
    assert statuses(client, key) == (21, 21, 21)
    assert error_text(changed(client, ORDERS, key, {"Description": "x"})) == "Reeds verwerkt"


def test_6_1_lines_are_added_changed_and_deleted(client):
    key = made(client, ORDERS, order(client))["OrderID"]
    line = made(client, LINES, {"OrderID": key, "Item": keys(client)["item:A1"], "Quantity": 1, "NetPrice": 100, "VATCode": "N0"})
    assert row_of(client, ORDERS, key)["AmountDC"] == 148.4
    assert changed(client, LINES, line["ID"], {"Quantity": -1}).status_code == 204
    assert row_of(client, ORDERS, key)["AmountDC"] == -51.6
    assert deleted(client, LINES, line["ID"]).status_code == 204
    assert row_of(client, ORDERS, key)["AmountDC"] == 48.4


def test_6_1_a_cancelled_order_is_closed(sandbox, client):
    key = made(client, ORDERS, order(client))["OrderID"]
    sandbox.control("POST", f"documents/{key}/process")
    assert statuses(client, key) == (45, 45, 45)
    assert error_text(changed(client, ORDERS, key, {"Description": "x"})) == "Reeds verwerkt"


def test_4_8_headers_and_lines_of_orders_are_feeds_of_their_own(client):
    key = made(client, ORDERS, order(client))["OrderID"]
    headers = client.all_rows(path("sync/SalesOrder/SalesOrderHeaders"), "Timestamp gt 1L", select="OrderID,ID,AmountDC,Status")
    assert [(row["OrderID"], row["AmountDC"], row["Status"]) for row in headers] == [(key, 48.4, 12)]
    lines = client.all_rows(path("sync/SalesOrder/SalesOrderLines"), "Timestamp gt 1L", select="OrderID,ItemCode,Status,VATAmount")
    assert [(row["OrderID"], row["ItemCode"], row["Status"], row["VATAmount"]) for row in lines] == [(key, "S1", 12, 8.4)]
