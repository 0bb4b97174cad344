"""The OData dialect: envelopes, paging, options, literals, errors (FACTS 3)."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.sandbox.books import DIVISION, ENTRIES, INVOICES, PRINTED, entry, invoice, keys
from tests.sandbox.driver import error_text, results

GLACCOUNTS = f"{DIVISION}/financial/GLAccounts"
ITEMS = f"{DIVISION}/logistics/Items"
SYNTAX = "Bad Request - Error in query syntax."


@pytest.fixture
def many(sandbox, client):
    """150 items more than the seed has."""
    for number in range(150):
        row = {
            "endpoint": "logistics/Items",
            "division": DIVISION,
            "Code": f"N{number:03}",
            "Description": f"Number {number}",
            "ExtraDescription": f"{number % 7}",
        }
        sandbox.control("POST", "rows", row)
    return client


def test_3_2_a_collection_is_in_results_and_a_single_row_is_not(client):
    assert list(client.get(GLACCOUNTS).json()["d"]) == ["results"]
    row = client.rows(GLACCOUNTS, top="1")[0]
    single = client.get(f"{GLACCOUNTS}(guid'{row['ID']}')").json()["d"]
    assert single["Code"] == row["Code"]


def test_3_2a_top_within_a_page_answers_a_bare_array_unless_counted(client):
    assert isinstance(client.get(GLACCOUNTS, top="2").json()["d"], list)
    assert isinstance(client.get(GLACCOUNTS, top="60").json()["d"], list)
    assert "results" in client.get(GLACCOUNTS, top="61").json()["d"]
    assert client.get(GLACCOUNTS, top="2", inlinecount="allpages").json()["d"]["__count"] == "6"


def test_3_3_rows_carry_metadata_deferred_collections_and_explicit_nulls(client):
    client.post(INVOICES, invoice(client, YourRef="1"))
    row = client.rows(INVOICES, "YourRef eq '1'")[0]
    assert row["__metadata"]["type"] == "Exact.Web.Api.Models.SalesInvoice"
    assert row["__metadata"]["uri"].endswith(f"/api/v1/100/salesinvoice/SalesInvoices(guid'{row['InvoiceID']}')")
    assert row["SalesInvoiceLines"] == {"__deferred": {"uri": row["__metadata"]["uri"] + "/SalesInvoiceLines"}}
    assert row["Remarks"] is None


def test_3_3_expand_brings_the_rows(client):
    client.post(INVOICES, invoice(client, YourRef="1"))
    row = client.rows(
        INVOICES, "YourRef eq '1'", expand="SalesInvoiceLines", select="YourRef,SalesInvoiceLines/Quantity,SalesInvoiceLines/ItemCode"
    )[0]
    line = row["SalesInvoiceLines"]["results"][0]
    assert (line["Quantity"], line["ItemCode"]) == (2, "A1")
    assert set(line) == {"__metadata", "Quantity", "ItemCode"}
    assert client.get(INVOICES, "YourRef eq '1'", expand="Nothing").status_code == 400


def test_3_14a_a_collection_of_a_row_has_an_address_of_its_own(client):
    key = results(client.post(ENTRIES, entry(client)).json())[0]["EntryID"]
    assert results(client.get(f"{ENTRIES}(guid'{key}')/SalesEntryLines").json())[0]["AmountFC"] == 100


def test_3_4_pages_have_sixty_rows_and_a_next_link(many):
    page = many.get(ITEMS, "Code ge 'N'", select="Code").json()["d"]
    assert len(page["results"]) == 60
    assert re.search(r"\$skiptoken=guid'[0-9a-f-]{36}'", page["__next"])
    assert page["__next"].startswith("http://")
    codes = [row["Code"] for row in many.all_rows(ITEMS, "Code ge 'N'", select="Code")]
    assert sorted(codes) == [f"N{number:03}" for number in range(150)]


def test_3_5_top_is_a_total_cap(many):
    first = many.get(ITEMS, "Code ge 'N'", top="100", select="Code").json()["d"]
    assert len(first["results"]) == 60
    assert "$top=40" in first["__next"]
    rest = many.call("GET", first["__next"]).json()["d"]
    assert len(results({"d": rest})) == 40
    assert isinstance(rest, list)


def test_3_5_the_cap_holds_over_ordered_pages(many):
    rows = many.all_rows(ITEMS, "Code ge 'N'", top="130", orderby="Description desc,Code", select="Code")
    assert len(rows) == len({row["Code"] for row in rows}) == 130
    first = many.get(ITEMS, "Code ge 'N'", orderby="ExtraDescription desc", select="Code").json()["d"]["__next"]
    assert re.search(r"\$skiptoken='\d',guid'[0-9a-f-]{36}'", first)


def test_3_4_the_rows_of_a_page_are_a_switch(sandbox, client):
    sandbox.switch(page_rows=2)
    assert len(client.rows(GLACCOUNTS, select="Code")) == 2
    assert len(client.all_rows(GLACCOUNTS, select="Code")) == 6
    assert isinstance(client.get(GLACCOUNTS, top="2", select="Code").json()["d"], list)
    assert "__next" in client.get(GLACCOUNTS, top="3", select="Code").json()["d"]


def test_2_12_a_query_that_is_too_broad_times_out_by_switch(sandbox, client):
    sandbox.switch(too_broad_rows=5)
    refused = client.get(GLACCOUNTS, select="Code")
    assert refused.status_code == 408
    assert client.get(GLACCOUNTS, "Code eq '8000'", select="Code").status_code == 200
    assert sandbox.calls()[-2]["error_counted"] == 0


def test_3_5_an_exact_multiple_of_a_page_ends_with_an_empty_one(many):
    first = many.get(ITEMS, "Code ge 'N' and Code lt 'N060'", select="Code").json()["d"]
    assert len(first["results"]) == 60
    last = many.call("GET", first["__next"]).json()["d"]
    assert last == {"results": []}


@pytest.mark.parametrize(
    "order", ["Code", "Code desc", "ExtraDescription", "ExtraDescription desc", "Notes", "Modified desc", "AverageCost,Code desc"]
)
def test_paging_in_any_order_returns_each_row_once_and_sorted(many, order):
    rows = many.all_rows(ITEMS, "Code ge 'N'", orderby=order, select="Code,ExtraDescription")
    assert len({row["Code"] for row in rows}) == len(rows) == 150
    if order.startswith(("Code", "Extra")):
        name = order.split()[0]
        values = [row[name] for row in rows]
        assert values == sorted(values, reverse="desc" in order)


def test_3_6_skip_is_refused_on_bulk_and_sync(many):
    assert len(many.rows(ITEMS, "Code ge 'N'", skip="140", select="Code")) == 10
    assert many.get("100/sync/Logistics/Items", "Timestamp gt 1L", skip="1").status_code == 400
    assert many.get("100/bulk/Logistics/Items", "Code ge 'N'", skip="1", select="Code").status_code == 400


def test_3_8_bulk_wants_a_select_or_top_1(many):
    refused = many.get("100/bulk/Logistics/Items", "Code ge 'N'")
    assert (refused.status_code, error_text(refused)) == (400, "Please add a $select or a $top=1 statement to the query string.")
    assert many.get("100/bulk/Logistics/Items", "Code ge 'N'", top="1").status_code == 200
    assert len(many.rows("100/bulk/Logistics/Items", "Code ge 'N'", select="Code")) == 150


def test_3_8_other_endpoints_want_a_select_by_switch(sandbox, client):
    assert client.get(GLACCOUNTS).status_code == 200
    sandbox.switch(select_required="financial/GLAccounts")
    assert client.get(GLACCOUNTS).status_code == 400


def test_2_10_a_mandatory_filter_is_asked_for_by_name(sandbox, client):
    refused = client.get("100/crm/Accounts", select="ID")
    assert refused.status_code == 400
    assert "must have a $filter parameter with one of the following fields in the url:ID,Accountant,AccountManager," in error_text(refused)
    assert client.get("100/crm/Accounts", "Modified ge datetime'2020-01-01T00:00:00'").status_code == 200
    assert client.get(ENTRIES, "ExternalLinkReference eq 'x'").status_code == 400
    assert client.get(ENTRIES, "Journal eq '70' and ExternalLinkReference eq 'x'").status_code == 200
    sandbox.switch(mandatory_filter=False)
    assert client.get("100/crm/Accounts", select="ID").status_code == 200


def test_2_11_bulk_filters_on_indexed_fields_only(sandbox, client):
    refused = client.get("100/bulk/CRM/Accounts", "Code ge ' ' and Remarks eq 'x'", select="ID")
    assert (refused.status_code, error_text(refused)) == (400, "Filtering on these fields is not supported: Remarks")
    sandbox.switch(bulk_filters_only_indexed=False)
    assert client.get("100/bulk/CRM/Accounts", "Code ge ' ' and Remarks eq 'x'", select="ID").status_code == 200


def test_3_9_a_collection_can_be_counted(client):
    assert client.call("GET", f"{GLACCOUNTS}/$count", Accept="*/*").text == "6"
    assert client.call("GET", f"{GLACCOUNTS}/$count", query="$filter=Code eq '8000'", Accept="").text == "1"


def test_3_9_a_count_is_text_and_refuses_to_be_json_unless_switched(sandbox, client):
    assert client.call("GET", f"{GLACCOUNTS}/$count").status_code == 415
    sandbox.switch(count_wants_no_accept=False)
    assert client.call("GET", f"{GLACCOUNTS}/$count").text == "6"


@pytest.mark.parametrize(
    "where",
    [
        "Code eq",
        "Code = '1'",
        "(Code eq '1'",
        "Code eq '1' and",
        "Foo(Code) eq '1'",
        "ID eq '96fe14ed-c046-541f-b0fa-38be8c8afe88'",
        "Code eq 1",
        "Type eq 'x'",
        "IsBlocked eq 1",
        "Modified ge '2020-01-01'",
        "Code eq Description",
        "Parent/Code eq '1'",
        "Type eq 1 or",
        "'a' eq 'a'",
        "Code",
        "not Code",
        "Code gt null",
        "Modified ge datetime'2020-13-01'",
        "Modified ge datetime'2020-01-01T00:00:00Z'",
        "trim(Type) eq '1'",
        "Type eq 99999999999999999999L",
        "(" * 900 + "Type eq 1",
    ],
)
def test_3_10_a_malformed_filter_is_refused(sandbox, client, where):
    sandbox.switch(error_block=False)
    refused = client.get(GLACCOUNTS, where)
    assert (refused.status_code, error_text(refused)) == (400, SYNTAX)


@pytest.mark.parametrize(
    "query",
    [
        "$top=-1",
        "$top=x",
        "$top=1.5",
        "$top=²",
        "$top=99999999999999999999",
        "$skip=-1",
        "$skip=99999999999999999999",
        "$inlinecount=all",
        "$inlinecount=",
        "$Filter=Code eq '1'",
        "$filter=Code eq '1'&$filter=Code eq '2'",
        "$top=1&$top=2",
        "$orderby=Code sideways",
        "$orderby=Code asc desc",
        "$orderby=Parent/Code",
        "$select=Code,Nonsense",
        "$expand=Code",
        "$expand=Lines($filter=Code eq '1')",
        "$skiptoken=nonsense",
        "$skiptoken='text'",
        "$skiptoken=guid'96fe14ed-c046-541f-b0fa-38be8c8afe88',1",
        "$orderby=Code&$skiptoken=guid'96fe14ed-c046-541f-b0fa-38be8c8afe88'",
        "$nonsense=1",
        "$filter=ID eq guid'96fe14ed'",
        "$filter=substringof(Code,1)",
        "$filter=startswith('8')",
        "$filter=endswith(Code,'1','2')",
        "$filter=length(Code) eq 1",
        "$filter=Code eq null eq null",
        "$filter=Code add 1 eq 2",
        "$filter=indexof(Code,'1') eq 1",
    ],
)
def test_3_9_each_wrong_query_is_an_error(sandbox, client, query):
    sandbox.switch(error_block=False)
    refused = client.call("GET", GLACCOUNTS, query=query)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "")
    assert client.get(GLACCOUNTS).status_code == 200


def test_3_9_functions_search_in_texts(client):
    def codes(where):
        return [row["Code"] for row in client.rows(GLACCOUNTS, where, select="Code", orderby="Code")]

    assert codes("substringof('01', Code)") == ["8010"]
    assert codes("substringof('01', Code) eq true") == ["8010"]
    assert codes("startswith(Code, '80')") == ["8000", "8010"]
    assert codes("endswith(Code,'999') eq true or Description eq 'Bank'") == ["1100", "8999"]
    assert codes("startswith(Code,'8') and not endswith(Code,'0')") == ["8999"]
    assert codes("trim(Code) eq '8000'") == ["8000"]


def test_3_10_a_malformed_guid_and_an_unknown_field_are_named(client):
    assert error_text(client.get(GLACCOUNTS, "ID eq guid'dsadsds'")) == "Unrecognized 'Edm.Guid' literal 'guid'dsadsds'' in '0'."
    assert "No property 'Nonsense'" in error_text(client.get(GLACCOUNTS, "Nonsense eq 1"))
    assert client.get(GLACCOUNTS, select="Nonsense").status_code == 400
    assert client.get(GLACCOUNTS, orderby="Nonsense").status_code == 400
    assert client.call("GET", GLACCOUNTS, query="$nonsense=1").status_code == 400


def test_3_11_the_case_of_the_service_does_not_matter_that_of_the_entity_does(client):
    assert client.get("100/Financial/GLAccounts").status_code == 200
    assert client.get("100/financial/glaccounts").status_code == 404
    assert client.get(f"{GLACCOUNTS}(guid'00000000-0000-0000-0000-000000000000')").status_code == 404
    assert client.get("100/nothing/Here").status_code == 404


def test_3_12_created_is_dutch_wall_time_as_if_it_were_utc_and_dates_are_midnight(client):
    client.post(INVOICES, invoice(client, YourRef="1", OrderDate="2024-07-01T13:14:15"))
    row = client.rows(INVOICES, "YourRef eq '1'", select="Created,OrderDate")[0]
    created = int(re.fullmatch(r"/Date\((\d{13})\)/", row["Created"])[1]) / 1000
    offset = datetime.now(ZoneInfo("Europe/Amsterdam")).utcoffset().total_seconds()
    assert abs(created - offset - time.time()) < 30
    assert row["OrderDate"] == f"/Date({int(datetime(2024, 7, 1, tzinfo=UTC).timestamp() * 1000)})/"


def test_3_12_true_utc_stamps_are_a_switch(sandbox, client):
    sandbox.switch(amsterdam_stamps=False)
    row = results(client.post(INVOICES, invoice(client)).json())[0]
    assert abs(int(row["Created"][6:-2]) / 1000 - time.time()) < 30


def test_3_13_a_moment_with_a_zone_shifts_to_dutch_time(client):
    client.post(INVOICES, invoice(client, YourRef="1", OrderDate="2024-07-01T23:30:00Z"))
    assert client.rows(INVOICES, "OrderDate eq datetime'2024-07-02T00:00:00' and YourRef eq '1'")


def test_3_14_without_prefer_only_key_and_posted_fields_come_back(client):
    bare = client.call("POST", INVOICES, invoice(client, YourRef="7"))
    assert bare.status_code == 201
    row = bare.json()["d"]
    assert row["InvoiceID"]
    assert row["YourRef"] == "7"
    assert row["Created"] is None
    assert client.post(INVOICES, invoice(client, YourRef="8")).json()["d"]["Created"]


def test_3_14_put_changes_some_fields_and_delete_takes_the_row_away(client):
    key = client.post(INVOICES, invoice(client, YourRef="7")).json()["d"]["InvoiceID"]
    address = f"{INVOICES}(guid'{key}')"
    before = client.get(address).json()["d"]
    changed = client.call(
        "PUT", address, {"YourRef": "8", "AmountDC": 5, "Journal": "71", "SalesInvoiceLines": before["SalesInvoiceLines"]}
    )
    assert (changed.status_code, changed.content) == (204, b"")
    after = client.get(address).json()["d"]
    assert (after["YourRef"], after["Journal"], after["AmountDC"]) == ("8", "70", before["AmountDC"])
    assert client.call("DELETE", address, query="null").status_code == 204
    assert client.get(address).status_code == 404


def test_3_14a_amounts_as_text_and_escaped_option_names_are_taken(client):
    client.post(ENTRIES, entry(client, {"AmountFC": "12.34", "VATCode": "N0"}, YourRef="a b"))
    answer = client.call("GET", ENTRIES, query="%24filter=YourRef+eq+'a+b'+and+Journal+eq+'70'&%24select=AmountFC")
    assert results(answer.json())[0]["AmountFC"] == 12.34


def test_3_15_an_error_has_empty_code_and_language(client):
    body = client.get(GLACCOUNTS, "Nonsense eq 1").json()
    assert body["error"]["code"] == ""
    assert body["error"]["message"]["lang"] == ""


def test_3_16_post_to_what_is_only_read_is_refused(client):
    assert client.post("100/financialtransaction/TransactionLines", {}).status_code == 405


def test_3_18_batch_does_not_exist(client):
    assert client.call("POST", "$batch", {}).status_code == 404


def test_3_22_int64_is_text_unless_switched(sandbox, client):
    assert isinstance(client.rows("100/sync/CRM/Accounts", "Timestamp gt 1L", select="Timestamp")[0]["Timestamp"], str)
    sandbox.switch(int64_as_text=False)
    assert isinstance(client.rows("100/sync/CRM/Accounts", "Timestamp gt 1L", select="Timestamp")[0]["Timestamp"], int)


def test_6_7_codes_of_relations_are_padded(client):
    code = client.rows("100/crm/Accounts", "trim(Code) eq '25'", select="Code")[0]["Code"]
    assert code == "25".rjust(18)
    assert client.rows("100/crm/Accounts", "Code eq '25'", select="Code") == []
    assert client.rows("100/crm/Accounts", f"Code eq '{code}'", select="Code")


def test_a_quote_in_a_text_is_doubled(client):
    client.post(INVOICES, invoice(client, YourRef="O'Brien & zoon – €"))
    assert len(client.rows(INVOICES, "YourRef eq 'O''Brien & zoon – €'", select="YourRef")) == 1


def test_answers_have_the_shape_of_a_recorded_invoice(client):
    key = client.post(INVOICES, invoice(client, YourRef="1")).json()["d"]["InvoiceID"]
    client.post(PRINTED, {"InvoiceID": key})
    row = client.rows(INVOICES, f"InvoiceID eq guid'{key}'", expand="SalesInvoiceLines")[0]
    recorded = {
        "AmountFC": float,
        "Created": str,
        "Currency": str,
        "Document": str,
        "InvoiceID": str,
        "InvoiceNumber": int,
        "Journal": str,
        "Status": int,
    }
    assert {name for name, kind in recorded.items() if not isinstance(row[name], kind | int)} == set()
    assert json.dumps(row["SalesInvoiceLines"]["results"][0]["VATPercentage"]) == "0.21"
    assert keys(client)["1"] == row["OrderedBy"]
