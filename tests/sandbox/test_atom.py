"""Atom, the representation that Exact answers with unless JSON is asked for (FACTS 3.1)."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.sandbox.books import DIVISION, ENTRIES, ENTRY_LINES, INVOICES, entry, invoice, keys

GLACCOUNTS = f"{DIVISION}/financial/GLAccounts"
ITEMS = f"{DIVISION}/logistics/Items"
SPACES = {
    "a": "http://www.w3.org/2005/Atom",
    "d": "http://schemas.microsoft.com/ado/2007/08/dataservices",
    "m": "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata",
}
RELATED = "http://schemas.microsoft.com/ado/2007/08/dataservices/related/"
ENTRY = (
    '<entry xmlns="{a}" xmlns:d="{d}" xmlns:m="{m}"><content type="application/xml"><m:properties>{properties}'
    "</m:properties></content>{links}</entry>"
)


def atom(client, path, query="", accept="application/atom+xml"):
    answer = client.call("GET", path, query=query, Accept=accept)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/atom+xml;charset=utf-8"
    return etree.fromstring(answer.content)


def found(node, path):
    return node.xpath(path, namespaces=SPACES)


def only(node, path):
    (one,) = found(node, path)
    return one


@pytest.mark.parametrize("accept", ["", "*/*", "application/atom+xml", "application/*", "text/html,application/xml;q=0.9,*/*;q=0.8"])
def test_3_1_atom_is_the_default(client, accept):
    assert atom(client, GLACCOUNTS, accept=accept).tag == f"{{{SPACES['a']}}}feed"


@pytest.mark.parametrize("accept", ["application/json", "application/json;odata=verbose", "application/json, text/plain, */*"])
def test_3_1_json_is_what_names_it(client, accept):
    assert client.call("GET", GLACCOUNTS, Accept=accept).json()["d"]["results"]


@pytest.mark.parametrize("accept", ["application/xml", "text/html", "text/csv"])
def test_3_1_any_other_representation_is_refused(sandbox, client, accept):
    refused = client.call("GET", GLACCOUNTS, Accept=accept)
    assert refused.status_code == 415
    assert only(etree.fromstring(refused.content), "/m:error/m:message").text == "Unsupported media type requested."
    sandbox.switch(unacceptable_status=406)
    assert client.call("GET", GLACCOUNTS, Accept=accept).status_code == 406


def test_a_feed_has_title_id_and_an_entry_per_row(sandbox, client):
    feed = atom(client, GLACCOUNTS, "$select=ID,Code,Description,Type,IsBlocked&$orderby=Code")
    assert only(feed, "a:title").text == "GLAccounts"
    assert only(feed, "a:id").text == f"{sandbox.url}/api/v1/{GLACCOUNTS}"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}base") == f"{sandbox.url}/api/v1/{DIVISION}/financial/"
    assert found(feed, "a:link[@rel='next']") == []
    assert len(found(feed, "a:entry")) == 6
    row = next(each for each in found(feed, "a:entry") if only(each, ".//d:Code").text == "8000")
    key = keys(client)["8000"]
    assert only(row, "a:id").text == f"{sandbox.url}/api/v1/{GLACCOUNTS}(guid'{key}')"
    assert only(row, "a:link[@rel='edit']").get("href") == f"GLAccounts(guid'{key}')"
    assert only(row, "a:category").get("term") == "Exact.Web.Api.Models.GLAccount"
    properties = only(row, "a:content[@type='application/xml']/m:properties")
    assert [(etree.QName(each).localname, each.get(f"{{{SPACES['m']}}}type"), each.text) for each in properties] == [
        ("ID", "Edm.Guid", key),
        ("Code", None, "8000"),
        ("Description", None, "Revenue"),
        ("Type", "Edm.Int32", "110"),
        ("IsBlocked", "Edm.Boolean", "false"),
    ]


def test_every_property_says_in_atom_what_it_says_in_json(client):
    key = client.post(INVOICES, invoice(client, YourRef="A & <B>", OrderDate="2024-07-01")).json()["d"]["InvoiceID"]
    address = f"{INVOICES}(guid'{key}')"
    row = client.get(address).json()["d"]
    properties = only(atom(client, address), "/a:entry/a:content/m:properties")
    shown = {etree.QName(each).localname: each for each in properties}
    assert set(shown) == {name for name, value in row.items() if not isinstance(value, dict)}
    nulls = {name for name, element in shown.items() if element.get(f"{{{SPACES['m']}}}null") == "true"}
    assert nulls == {name for name, value in row.items() if value is None}
    assert shown["YourRef"].text == "A & <B>"
    assert shown["OrderDate"].text == "2024-07-01T00:00:00"
    assert float(shown["AmountDC"].text) == row["AmountDC"] == 24.2
    assert shown["Created"].get(f"{{{SPACES['m']}}}type") == "Edm.DateTime"


def test_next_pages_are_links_and_return_each_row_once(sandbox, client):
    for number in range(130):
        sandbox.control("POST", "rows", {"endpoint": "logistics/Items", "division": DIVISION, "Code": f"N{number:03}", "Description": "x"})
    feed, codes = atom(client, ITEMS, "$filter=Code ge 'N'&$select=Code&$inlinecount=allpages"), []
    assert only(feed, "m:count").text == "130"
    while True:
        codes += [each.text for each in found(feed, "a:entry//d:Code")]
        following = found(feed, "a:link[@rel='next']")
        if not following:
            break
        feed = atom(client, following[0].get("href"))
    assert sorted(codes) == [f"N{number:03}" for number in range(130)]


def test_collections_are_deferred_links_or_inline_feeds(client):
    key = client.post(INVOICES, invoice(client, {"Quantity": 3, "NetPrice": 1}, {"Quantity": 1, "NetPrice": 2})).json()["d"]["InvoiceID"]
    address = f"{INVOICES}(guid'{key}')"
    deferred = only(atom(client, address), f"a:link[@rel='{RELATED}SalesInvoiceLines']")
    assert deferred.get("href") == f"SalesInvoices(guid'{key}')/SalesInvoiceLines"
    assert len(deferred) == 0
    expanded = only(atom(client, address, "$expand=SalesInvoiceLines"), f"a:link[@rel='{RELATED}SalesInvoiceLines']")
    assert [each.text for each in found(expanded, "m:inline/a:feed/a:entry//d:Quantity")] == ["3", "1"]
    lines = atom(client, f"{address}/SalesInvoiceLines")
    assert [each.text for each in found(lines, "a:entry//d:Quantity")] == ["3", "1"]


def test_an_empty_feed_has_an_author_and_no_entries(client):
    feed = atom(client, GLACCOUNTS, "$filter=Code eq 'none'")
    assert found(feed, "a:entry") == []
    assert len(found(feed, "a:author/a:name")) == 1


def test_errors_are_xml_with_empty_code_and_language(client):
    refused = client.call("GET", GLACCOUNTS, query="$filter=Nonsense eq '<'", Accept="")
    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/xml;charset=utf-8")
    message = only(etree.fromstring(refused.content), "/m:error/m:message")
    assert "No property 'Nonsense'" in message.text
    assert message.get("{http://www.w3.org/XML/1998/namespace}lang") == ""
    assert not only(etree.fromstring(refused.content), "/m:error/m:code").text
    validation = client.call("POST", ENTRIES, {}, Accept="application/atom+xml")
    assert validation.status_code == 500
    assert "Verplicht: " in only(etree.fromstring(validation.content), "/m:error/m:message").text


def test_3_1_characters_that_xml_forbids_come_all_the_same_and_strict_parsers_choke(client):
    key = client.post(INVOICES, invoice(client, YourRef="a\x02b\r\nc")).json()["d"]["InvoiceID"]
    body = client.call("GET", f"{INVOICES}(guid'{key}')", Accept="").content
    assert b"a&#x2;b&#xD;\nc" in body
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(body)
    assert etree.fromstring(body, etree.XMLParser(recover=True)) is not None


def test_the_users_own_row_is_a_feed_of_one(client):
    assert len(found(atom(client, "current/Me"), "a:entry")) == 1


def posted(client, path, properties, links="", method="POST"):
    body = ENTRY.format(**SPACES, properties=properties, links=links).encode()
    return client.call(method, path, body, Accept="", **{"Content-Type": "application/atom+xml"})


def test_an_entry_with_its_lines_can_be_posted_as_atom(client):
    account, customer = keys(client)["8000"], keys(client)["1"]
    line = (
        f"<d:GLAccount m:type='Edm.Guid'>{account}</d:GLAccount><d:AmountFC m:type='Edm.Double'>100</d:AmountFC><d:VATCode>E21</d:VATCode>"
    )
    inner = ENTRY.format(**SPACES, properties=line, links="")
    links = f'<link rel="{RELATED}SalesEntryLines" type="application/atom+xml;type=feed"><m:inline><feed>{inner}</feed></m:inline></link>'
    properties = (
        f"<d:Customer>{customer}</d:Customer><d:Journal>70</d:Journal><d:YourRef>X&amp;Y</d:YourRef><d:Description m:null='true' />"
    )
    answer = posted(client, ENTRIES, properties, links)
    assert answer.status_code == 201, answer.text
    key = only(etree.fromstring(answer.content), "//d:EntryID").text
    assert client.get(f"{ENTRIES}(guid'{key}')").json()["d"]["AmountDC"] == 121
    assert client.rows(ENTRY_LINES, f"EntryID eq guid'{key}'", select="VATCode") != []


def test_a_row_can_be_changed_by_atom_and_booleans_are_read(client):
    address = f"{DIVISION}/crm/Accounts(guid'{keys(client)['25']}')"
    assert posted(client, address, "<d:Blocked m:type='Edm.Boolean'>true</d:Blocked>", method="PUT").status_code == 204
    assert client.get(address).json()["d"]["Blocked"] is True


@pytest.mark.parametrize(
    "body", [b"<entry", b"<feed/>", b"", b'<!DOCTYPE entry [<!ENTITY a "b">]><entry xmlns="http://www.w3.org/2005/Atom"/>']
)
def test_a_malformed_entry_is_refused(client, body):
    refused = client.call("POST", ENTRIES, body, Accept="", **{"Content-Type": "application/atom+xml"})
    assert (refused.status_code, b"valid top-level resource object" in refused.content) == (400, True)


def test_an_unknown_property_of_an_entry_is_named(client):
    assert b"'NotAField'" in posted(client, ENTRIES, "<d:NotAField>1</d:NotAField>").content


def test_entries_without_lines_are_refused_as_in_json(client):
    body = entry(client)
    assert posted(client, ENTRIES, f"<d:Customer>{body['Customer']}</d:Customer><d:Journal>70</d:Journal>").status_code == 500
