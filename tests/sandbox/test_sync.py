"""Sync, Deleted and bulk (FACTS 4)."""

from __future__ import annotations

from include.sandbox.bookkeeper import Bookkeeper
from include.sandbox.catalogue import Catalogue
from include.sandbox.database import Database
from include.sandbox.history import write_history
from include.sandbox.oauth import Identity
from include.sandbox.odata_query import read_query
from include.sandbox.reading import Reader
from include.sandbox.seed import plant
from include.sandbox.switches import Switches
from include.sandbox.world import Settings, World
from tests.sandbox.books import DIVISION, ENTRIES, INVOICE_LINES, INVOICES, PRINTED, entry, invoice, keys
from tests.sandbox.driver import UK, ExactClient

ACCOUNTS = f"{DIVISION}/sync/CRM/Accounts"
FEED = f"{DIVISION}/sync/SalesInvoice/SalesInvoices"
LINES = f"{DIVISION}/sync/Financial/TransactionLines"
DELETED = f"{DIVISION}/sync/Deleted"


def pull(client, path, after, **options):
    return client.all_rows(path, f"Timestamp gt {after}L", **options)


def newest(rows, after=1):
    return max([after, *(int(row["Timestamp"]) for row in rows)])


def test_4_1_sync_filters_on_timestamp_only_and_the_l_may_be_left_out(client):
    assert len(pull(client, ACCOUNTS, 1)) == len(client.rows(ACCOUNTS, "Timestamp gt 1")) == 4
    assert client.get(ACCOUNTS, "Code eq 'x'").status_code == 400
    assert client.get(ACCOUNTS).status_code == 200


def test_4_2_each_change_shows_the_row_again_with_a_higher_timestamp(sandbox, client):
    seen = newest(pull(client, ACCOUNTS, 1))
    assert pull(client, ACCOUNTS, seen) == []
    sandbox.control("POST", "accounts", {"division": DIVISION, "Code": "25", "Name": "Renamed"})
    changed = pull(client, ACCOUNTS, seen)
    assert [(row["Code"].strip(), row["Name"]) for row in changed] == [("25", "Renamed")]


def test_4_3_timestamps_are_unique_and_rise_with_gaps_by_switch(sandbox, client):
    sandbox.switch(rowversion_gap_max=50)
    for _ in range(5):
        client.post(ENTRIES, entry(client))
    stamps = [int(row["Timestamp"]) for row in pull(client, LINES, 1, select="Timestamp")]
    assert stamps == sorted(set(stamps))
    assert stamps[-1] - stamps[0] > len(stamps)


def test_4_3_a_late_row_shows_up_with_a_lower_timestamp(sandbox, client):
    sandbox.switch(late_visible_rate=1.0, late_visible_s=30.0)
    client.post(ENTRIES, entry(client, YourRef="late"))
    sandbox.switch(late_visible_rate=0.0)
    client.post(ENTRIES, entry(client, YourRef="early"))
    first = pull(client, LINES, 1)
    assert {row["YourRef"] for row in first} == {"early"}
    assert client.rows(ENTRIES, "Journal eq '70' and YourRef eq 'late'")
    sandbox.control("POST", "clock", {"advance_s": 31})
    assert pull(client, LINES, newest(first)) == []
    assert {row["YourRef"] for row in pull(client, LINES, 1)} == {"early", "late"}


def test_8_reads_lag_behind_by_switch(sandbox, client):
    sandbox.switch(read_lag_s=3.0)
    client.post(ENTRIES, entry(client, YourRef="x"))
    assert client.rows(ENTRIES, "Journal eq '70'") == []
    sandbox.control("POST", "clock", {"advance_s": 3})
    assert len(client.rows(ENTRIES, "Journal eq '70'")) == 1


def test_4_4_deletions_are_logged_with_key_and_type_and_forgotten_after_two_months(sandbox, client):
    key = client.post(INVOICES, invoice(client)).json()["d"]["InvoiceID"]
    line = client.rows(INVOICE_LINES, f"InvoiceID eq guid'{key}'", select="ID")[0]["ID"]
    client.call("DELETE", f"{INVOICES}(guid'{key}')")
    rows = pull(client, DELETED, 1)
    assert {(row["EntityType"], row["EntityKey"]) for row in rows} == {(13, key), (13, line)}
    assert client.rows(DELETED, f"Timestamp gt {newest(rows)}L and EntityType eq 13") == []
    sandbox.control("POST", "clock", {"advance_s": 62 * 86_400})
    client.sign_in()
    assert pull(client, DELETED, 1) == []
    sandbox.control("POST", "clock", {"offset_s": 0})
    client.sign_in()


def test_4_5_a_deleted_entry_leaves_its_transaction_lines_in_the_log(client):
    key = client.post(ENTRIES, entry(client)).json()["d"]["EntryID"]
    lines = {row["ID"] for row in pull(client, LINES, 1, select="ID")}
    client.call("DELETE", f"{ENTRIES}(guid'{key}')")
    assert {row["EntityKey"] for row in pull(client, DELETED, 1) if row["EntityType"] == 1} == lines


def test_4_6_a_division_that_moves_says_when(sandbox, client):
    sandbox.control("POST", "divisions", {"division": DIVISION, "DivisionMoveDate": 1700000000000})
    moved = client.rows(f"{DIVISION}/system/Divisions", f"Code eq {DIVISION}", select="DivisionMoveDate")
    assert moved[0]["DivisionMoveDate"] == "/Date(1700000000000)/"


def test_4_6_a_move_starts_the_timestamps_anew_and_keeps_their_order(sandbox, client):
    client.post(ENTRIES, entry(client, YourRef="before"))
    old = pull(client, LINES, 1, select="ID,Timestamp")
    accounts = [row["ID"] for row in pull(client, ACCOUNTS, 1, select="ID,Timestamp")]
    sandbox.control("POST", "moves", {"division": DIVISION})
    new = pull(client, LINES, 1, select="ID,Timestamp")
    assert [row["ID"] for row in new] == [row["ID"] for row in old]
    assert [row["ID"] for row in pull(client, ACCOUNTS, 1, select="ID,Timestamp")] == accounts
    assert newest(new) < newest(old)
    client.post(ENTRIES, entry(client, YourRef="after"))
    assert {row["YourRef"] for row in pull(client, LINES, newest(new))} == {"after"}
    assert pull(client, LINES, newest(old)) == []
    assert client.rows(f"{DIVISION}/system/Divisions", f"Code eq {DIVISION}", select="DivisionMoveDate")[0]["DivisionMoveDate"]
    assert newest(pull(client, "200/sync/CRM/Accounts", 1)) > 1000


def test_4_7_a_timestamp_can_be_had_for_a_date(client):
    answer = client.call(
        "GET", f"{DIVISION}/read/sync/Sync/SyncTimestamp", query="modified=datetime'2999-01-01T00:00:00'&endPoint='Accounts'"
    )
    assert int(answer.json()["d"]["TimeStampAsBigInt"]) == newest(pull(client, ACCOUNTS, 1))


def test_4_8_invoices_come_as_a_header_row_and_lines_and_any_change_shows_them_all(client):
    key = client.post(INVOICES, invoice(client, {"Quantity": 1, "NetPrice": 1}, {"Quantity": 2, "NetPrice": 2}, YourRef="F")).json()["d"][
        "InvoiceID"
    ]
    rows = pull(client, FEED, 1)
    assert sorted(row["LineNumber"] for row in rows) == [0, 1, 2]
    assert {row["InvoiceID"] for row in rows} == {key}
    assert {row["YourRef"] for row in rows} == {"F"}
    assert next(row["ID"] for row in rows if row["LineNumber"] == 0) == key
    client.call("PUT", f"{INVOICES}(guid'{key}')", {"YourRef": "G"})
    again = pull(client, FEED, newest(rows))
    assert {(row["LineNumber"], row["YourRef"]) for row in again} == {(0, "G"), (1, "G"), (2, "G")}
    client.post(PRINTED, {"InvoiceID": key})
    assert {row["InvoiceNumber"] for row in pull(client, FEED, newest(again))} == {20000001}


def test_a_fresh_sandbox_has_no_invoices_in_its_feed(client):
    assert pull(client, FEED, 1) == []


def test_4_11_bulk_mirrors_the_regular_rows(client):
    client.post(INVOICES, invoice(client, YourRef="B"))
    assert client.rows(f"{DIVISION}/bulk/SalesInvoice/SalesInvoices", "YourRef eq 'B'", select="YourRef,AmountDC")[0]["AmountDC"] == 24.2
    assert client.rows(f"{DIVISION}/bulk/Financial/GLAccounts", "Code eq '8000'", select="ID")[0]["ID"] == keys(client)["8000"]
    assert client.rows(f"{DIVISION}/bulk/CRM/Accounts", "Name eq 'First customer B.V.'", select="ID")[0]["ID"] == keys(client)["1"]


def test_3_4_sync_pages_of_a_thousand_give_each_row_once(demo):
    client = ExactClient(demo, "exactly-uk", "exactly-uk-secret", "https://exactly.example/signed-in").sign_in()
    first = client.get(f"{UK}/sync/Logistics/Items", "Timestamp gt 1L", select="ID,Timestamp").json()["d"]
    assert len(first["results"]) == 1000
    assert "$skiptoken=" in first["__next"]
    rows = pull(client, f"{UK}/sync/Logistics/Items", 1, select="ID,Code,Timestamp")
    counted = client.call("GET", f"{UK}/sync/Logistics/Items/$count", query="$filter=Timestamp gt 1L", Accept="*/*").text
    assert len(rows) == len({row["ID"] for row in rows}) == int(counted) > 1000
    stamps = [int(row["Timestamp"]) for row in rows]
    assert stamps == sorted(stamps)


def test_the_feed_of_invoices_walks_its_indexes_however_long_it_is():
    catalogue = Catalogue()
    database = Database(":memory:", catalogue)
    query = read_query(catalogue["sync/SalesInvoice/SalesInvoices"], DIVISION, {"$filter": "Timestamp gt 5L"}, Switches())
    plan = [row["detail"] for row in database.all(f"EXPLAIN QUERY PLAN {query.statement()}", query.parameters)]
    assert "MERGE (UNION ALL)" in plan
    assert not [step for step in plan if "SCAN" in step or "TEMP B-TREE" in step]


def test_3_5_next_links_name_the_host_that_the_client_called(demo):
    client = ExactClient(demo, "exactly-uk", "exactly-uk-secret", "https://exactly.example/signed-in").sign_in()
    url = f"http://localhost:{demo.port}/api/v1/{UK}/sync/Logistics/Items?$filter=Timestamp gt 1L&$select=ID"
    assert client.call("GET", url).json()["d"]["__next"].startswith(f"http://localhost:{demo.port}/api/v1/")


def test_a_late_page_costs_no_more_than_the_first():
    """Of two lower bounds of a column SQLite seeks by the first one: the filter's would read all earlier pages again."""
    world = World(Settings(":memory:", "small", 1, 60, 5000, 1.0, None, False))
    plant(world)
    write_history(Bookkeeper(world, DIVISION, None), 30_000)
    reader = Reader(world, Identity("app-one", "", frozenset({DIVISION}), "EN", None, ""), DIVISION, "http://here", "json")
    last = world.database.scalar('SELECT max("Timestamp") FROM transaction_lines')
    steps = []

    def steps_of(after):
        steps.append(0)
        options = {"$filter": "Timestamp gt 1L", "$select": "ID,Timestamp"} | ({"$skiptoken": f"{after}L"} if after else {})
        reader.collection(world.catalogue["sync/Financial/TransactionLines"], options)
        return steps[-1]

    def count():
        steps[-1] += 1

    world.database.connection.set_progress_handler(count, 100)
    first, late = steps_of(None), steps_of(last - 1_001)

    assert first > 10
    assert late < 1.5 * first
