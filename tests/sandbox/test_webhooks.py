"""Webhooks: subscription and handshake, signed notifications, retries, and what goes wrong under way (FACTS 5)."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import socket
import time

import pytest

from include.sandbox.catalogue import Catalogue
from include.sandbox.database import Database
from include.sandbox.webhook_events import signed
from include.sandbox.webhook_topics import TOPICS, is_allowed, sources
from tests.sandbox import company
from tests.sandbox.books import DIVISION, ENTRIES, INVOICE_LINES, INVOICES, PRINTED, entry, invoice
from tests.sandbox.conftest import application_one, application_two
from tests.sandbox.driver import error_text
from tests.sandbox.receiver import Receiver

SUBSCRIPTIONS = f"{DIVISION}/webhooks/WebhookSubscriptions"
SECRET = b"app-one-webhook-secret"


@pytest.fixture
def receiver():
    listening = Receiver()
    yield listening
    listening.stop()


@pytest.fixture
def subscribe(sandbox, client, receiver):
    sandbox.switch(webhook_loopback=True)

    def to(topic, app=client, **more):
        return app.post(SUBSCRIPTIONS, {"Topic": topic, "CallbackURL": receiver.url, **more})

    return to


def deliveries(sandbox):
    return sandbox.control("GET", "webhooks")["deliveries"]


def settled(sandbox, states, attempts=1):
    """Wait until every delivery is in one of these states after so many attempts, and return them all."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        found = deliveries(sandbox)
        if found and all(each["state"] in states and (each["state"] == "lost" or len(each["attempts"]) >= attempts) for each in found):
            return found
        time.sleep(0.02)
    raise AssertionError(deliveries(sandbox))


def notices(receiver, count):
    """Return the contents of so many notifications after the handshake."""
    bodies = receiver.wait_for(count + 1)
    assert bodies[0] == b""
    assert len(bodies) == count + 1
    return [json.loads(body)["Content"] for body in bodies[1:]]


def test_5_1_a_subscription_is_made_listed_and_removed(sandbox, client, subscribe):
    made = subscribe("SalesInvoices", Description="orders")
    assert made.status_code == 201, made.text
    key = made.json()["d"]["ID"]
    (row,) = client.rows(SUBSCRIPTIONS)
    assert (row["Topic"], row["ClientID"], row["Division"], row["Description"], row["IsInstant"]) == (
        "SalesInvoices",
        "app-one",
        DIVISION,
        "orders",
        False,
    )
    assert client.call("PUT", f"{SUBSCRIPTIONS}(guid'{key}')", {"Topic": "Items"}).status_code == 500
    assert client.call("DELETE", f"{SUBSCRIPTIONS}(guid'{key}')").status_code == 204
    assert client.rows(SUBSCRIPTIONS) == []


def test_5_1_each_application_and_division_has_its_own(sandbox, client, subscribe):
    subscribe("Items")
    other = application_two(sandbox).sign_in()
    assert other.rows(SUBSCRIPTIONS) == []
    assert subscribe("Items", app=other).status_code == 201
    assert client.rows("200/webhooks/WebhookSubscriptions") == []
    assert len(client.rows(SUBSCRIPTIONS)) == 1


def test_5_1_instant_is_for_deliveries_of_goods_only(subscribe):
    assert error_text(subscribe("Items", IsInstant=True)) == "Ongeldig: IsInstant"
    assert subscribe("GoodsDeliveries", IsInstant=True).json()["d"]["IsInstant"] is True


def test_5_2_the_callback_is_https_on_the_domain_of_the_redirect_address():
    uris = ["https://app-one.example/callback", "https://other.example:8443/x"]
    allowed = ["https://app-one.example/hook?x=1", "https://app-one.example:9000/", "https://other.example/hook"]
    refused = ["http://app-one.example/hook", "https://sub.app-one.example/hook", "https://evil.example/", "nonsense", "", "https://[/"]
    assert [url for url in allowed if not is_allowed(url, uris, loopback=False)] == []
    assert [url for url in refused if is_allowed(url, uris, loopback=True)] == []
    assert [is_allowed("http://127.0.0.1:9/hook", uris, loopback=switch) for switch in (True, False)] == [True, False]


def test_5_2_an_address_elsewhere_is_refused_and_loopback_is_a_switch(sandbox, client, receiver):
    for url in (receiver.url, "https://evil.example/hook"):
        refused = client.post(SUBSCRIPTIONS, {"Topic": "Items", "CallbackURL": url})
        assert (refused.status_code, error_text(refused)) == (500, "Ongeldig: CallbackURL")
    assert receiver.bodies == []


def test_5_3_the_address_has_to_answer_an_empty_post(sandbox, client, subscribe, receiver):
    receiver.statuses = [500]
    refused = subscribe("Items")
    assert (refused.status_code, error_text(refused)) == (
        500,
        "Ongeldig: Post to callback URL endpoint returns 500 Internal Server Error",
    )
    assert client.rows(SUBSCRIPTIONS) == []
    receiver.statuses = [201]
    assert subscribe("Items").status_code == 201
    assert receiver.bodies == [b"", b""]


def test_5_3_an_address_where_nobody_listens_is_refused(sandbox, client):
    sandbox.switch(webhook_loopback=True)
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/hook"
        assert "ConnectFailure" in error_text(client.post(SUBSCRIPTIONS, {"Topic": "Items", "CallbackURL": url}))


def test_5_4_a_second_subscription_to_a_topic_is_refused_without_a_handshake(subscribe, receiver):
    subscribe("Items")
    again = subscribe("Items")
    assert (again.status_code, error_text(again)) == (500, "Gegeven bestaat reeds.")
    assert len(receiver.bodies) == 1


def test_5_9_topics_are_those_of_the_documentation_and_have_no_endpoint(client, subscribe):
    assert error_text(subscribe("Nonsense")) == "Ongeldig: Topic"
    assert subscribe("ProjectPlanning").status_code == 201
    assert client.get(f"{DIVISION}/webhooks/WebhookTopics").status_code == 404


def test_5_9_every_topic_can_be_subscribed_to_and_its_rows_speak(sandbox, subscribe):
    assert {topic: subscribe(topic).status_code for topic in TOPICS} == dict.fromkeys(TOPICS, 201)
    catalogue, stored = Catalogue(), set(Database(":memory:", Catalogue()).tables)
    silent = {topic for topic in TOPICS if not [source for source in sources(catalogue, topic) if source.table in stored]}
    assert silent <= {"MailMessagesSent", "Opportunities", "ProjectPlanning", "PurchaseOrders", "Quotations", "Subscriptions"}


def test_5_5_a_notification_names_the_row_and_nothing_of_what_is_in_it(sandbox, client, subscribe, receiver):
    subscribe("SalesInvoices")
    key = client.post(INVOICES, invoice(client)).json()["d"]["InvoiceID"]
    (content,) = notices(receiver, 1)
    assert list(content) == ["Topic", "ClientId", "Division", "Action", "Key", "ExactOnlineEndpoint", "EventCreatedOn"]
    assert (content["Topic"], content["ClientId"], content["Division"], content["Key"]) == ("SalesInvoices", "app-one", DIVISION, key)
    assert content["ExactOnlineEndpoint"] == f"{sandbox.url}/api/v1/100/salesinvoice/SalesInvoices(guid'{key}')"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", content["EventCreatedOn"])


def test_5_6_the_hash_is_over_the_bytes_of_the_content(sandbox, client, subscribe, receiver):
    subscribe("SalesInvoices")
    client.post(INVOICES, invoice(client))
    body = receiver.wait_for(2)[1]
    content, code = re.fullmatch(rb'\{"Content":(.*),"HashCode":"([0-9A-F]{64})"\}', body).groups()
    assert hmac.new(SECRET, content, hashlib.sha256).hexdigest().upper().encode() == code


def test_5_6_the_published_vector_is_reproduced():
    guid = "19cee073-095e-46d1-8d2d-f3fc97ba5bc1"
    content = (
        '{"Topic":"SalesOrders","ClientId":"63824703-cf5c-4143-be7d-db3113b83b0e","Division":441609,"Action":"Update",'
        f'"Key":"{guid}","ExactOnlineEndpoint":"https://start.exactonline.nl/api/v1/441609/salesorder/SalesOrders(guid\'{guid}\')",'
        '"EventCreatedOn":"2020-01-06T16:26:08.587"}'
    )
    code = "F7D570E2AA02929A19B4867BD8942924B9D898773430B2660AAD08F1587FF447"
    assert signed(content, "simulator-webhook-secret") == f'{{"Content":{content},"HashCode":"{code}"}}'


def test_5_7_each_call_is_one_notification_and_lines_speak_for_their_header(sandbox, client, subscribe, receiver):
    subscribe("SalesInvoices")
    key = client.post(INVOICES, invoice(client, {"Quantity": 1, "NetPrice": 1}, {"Quantity": 2, "NetPrice": 2})).json()["d"]["InvoiceID"]
    client.call("PUT", f"{INVOICES}(guid'{key}')", {"YourRef": "new"})
    line = client.rows(INVOICE_LINES, f"InvoiceID eq guid'{key}'", select="ID")[0]["ID"]
    client.call("DELETE", f"{INVOICE_LINES}(guid'{line}')")
    client.call("DELETE", f"{INVOICES}(guid'{key}')")
    found = notices(receiver, 4)
    assert sorted(content["Action"] for content in found) == ["Create", "Delete", "Update", "Update"]
    assert {content["Key"] for content in found} == {key}


def test_5_7_what_a_call_causes_elsewhere_is_told_too(sandbox, client, subscribe, receiver):
    key = client.post(INVOICES, invoice(client)).json()["d"]["InvoiceID"]
    subscribe("SalesInvoices")
    subscribe("FinancialTransactions")
    client.post(PRINTED, {"InvoiceID": key})
    found = [json.loads(body)["Content"] for body in receiver.wait_for(4) if body]
    assert {(content["Topic"], content["Action"]) for content in found} == {
        ("SalesInvoices", "Update"),
        ("FinancialTransactions", "Create"),
    }


def test_5_7_what_a_person_does_in_exact_is_told_too(sandbox, client, subscribe, receiver):
    subscribe("Accounts")
    sandbox.control("POST", "accounts", {"division": DIVISION, "Code": "25", "Name": "By hand"})
    assert notices(receiver, 1)[0]["Action"] == "Update"


def test_5_7_hours_and_costs_notify_as_what_they_are(sandbox, client, receiver):
    sandbox.switch(webhook_loopback=True)
    for topic in ("TimeTransactions", "CostTransactions"):
        company.made(client, "webhooks/WebhookSubscriptions", {"Topic": topic, "CallbackURL": receiver.url})
    for endpoint in ("project/TimeTransactions", "project/CostTransactions"):
        posted = {"Item": company.keys(client)["item:HOUR"], "Quantity": 1, "Price": 10, "Project": company.keys(client)["project:P1"]}
        company.made(client, endpoint, posted)
    contents = [json.loads(body)["Content"] for body in receiver.wait_for(4) if body]
    assert sorted((content["Topic"], content["Division"]) for content in contents) == [("CostTransactions", 200), ("TimeTransactions", 200)]


def test_a_refused_call_notifies_nobody(sandbox, client, subscribe, receiver):
    subscribe("SalesEntries")
    assert client.post(ENTRIES, {}).status_code == 500
    client.post(ENTRIES, entry(client))
    assert [content["Action"] for content in notices(receiver, 1)] == ["Create"]


def test_a_division_that_moves_notifies_nobody(sandbox, client, subscribe):
    subscribe("Accounts")
    sandbox.control("POST", "moves", {"division": DIVISION})
    assert deliveries(sandbox) == []


def test_5_8_what_is_not_taken_is_sent_again_after_two_four_eight_minutes(sandbox, client, subscribe, receiver):
    subscribe("SalesEntries")
    receiver.statuses = [500, 302, 404]
    client.post(ENTRIES, entry(client))
    for tried, minutes in ((1, 2), (2, 4), (3, 8)):
        (row,) = settled(sandbox, {"pending"}, attempts=tried)
        last = row["attempts"][-1]
        assert row["next_ms"] - last["at_ms"] == pytest.approx(minutes * 60_000, abs=1000)
        sandbox.control("POST", "clock", {"advance_s": minutes * 60 + 1})
    (row,) = settled(sandbox, {"delivered"}, attempts=4)
    assert [attempt["status"] for attempt in row["attempts"]] == [500, 302, 404, 200]
    assert len(set(receiver.bodies[1:])) == 1
    sandbox.control("POST", "clock", {"offset_s": 0})


def test_5_8_after_ten_retries_it_is_given_up(sandbox, client, subscribe, receiver):
    subscribe("SalesEntries")
    receiver.statuses = [500] * 20
    client.post(ENTRIES, entry(client))
    for tried in range(1, 11):
        settled(sandbox, {"pending"}, attempts=tried)
        sandbox.control("POST", "clock", {"advance_s": 60 * 2**tried + 1})
    (row,) = settled(sandbox, {"failed"}, attempts=11)
    assert row["next_ms"] is None
    assert sandbox.control("GET", "clock")["offset_s"] == pytest.approx(34 * 3600, rel=0.02)
    sandbox.control("POST", "clock", {"offset_s": 0})


def test_5_8_duplicates_losses_and_forgeries_are_switches(sandbox, client, subscribe, receiver):
    subscribe("SalesEntries")
    sandbox.switch(webhook_duplicate_rate=1.0)
    client.post(ENTRIES, entry(client))
    assert len(set(receiver.wait_for(3)[1:])) == 1
    sandbox.switch(webhook_duplicate_rate=0.0, webhook_loss_rate=1.0)
    client.post(ENTRIES, entry(client))
    assert [row["state"] for row in settled(sandbox, {"delivered", "lost"})] == ["delivered", "delivered", "lost"]
    sandbox.switch(webhook_loss_rate=0.0, webhook_tamper_rate=1.0)
    client.post(ENTRIES, entry(client))
    forged = receiver.wait_for(4)[3]
    content, code = re.fullmatch(rb'\{"Content":(.*),"HashCode":"([0-9A-F]{64})"\}', forged).groups()
    assert hmac.new(SECRET, content, hashlib.sha256).hexdigest().upper().encode() != code


def test_5_8_a_notification_may_be_overtaken_by_switch(sandbox, client, subscribe, receiver):
    subscribe("SalesEntries")
    sandbox.switch(webhook_reorder_rate=1.0, webhook_reorder_s=600.0)
    first = client.post(ENTRIES, entry(client)).json()["d"]["EntryID"]
    sandbox.switch(webhook_reorder_rate=0.0)
    second = client.post(ENTRIES, entry(client)).json()["d"]["EntryID"]
    assert [content["Key"] for content in notices(receiver, 1)] == [second]
    sandbox.control("POST", "clock", {"advance_s": 601})
    assert [content["Key"] for content in notices(receiver, 2)] == [second, first]
    sandbox.control("POST", "clock", {"offset_s": 0})


def test_5_10_a_new_consent_may_end_the_subscriptions_of_the_old_one(new_sandbox, receiver):
    own = new_sandbox()
    own.switch(webhook_loopback=True, consent_ends_webhooks=True)
    app = application_one(own).sign_in()
    assert app.post(SUBSCRIPTIONS, {"Topic": "Items", "CallbackURL": receiver.url}).status_code == 201
    assert application_one(own).sign_in().rows(SUBSCRIPTIONS) == []


def test_a_notification_can_be_sent_again_and_forged_by_hand(sandbox, client, subscribe, receiver):
    subscribe("SalesEntries")
    client.post(ENTRIES, entry(client))
    (row,) = settled(sandbox, {"delivered"})
    sandbox.control("POST", "webhooks/resend", {"id": row["id"]})
    sandbox.control("POST", "webhooks/resend", {"id": row["id"], "tampered": True})
    bodies = receiver.wait_for(4)[1:]
    assert sorted(bodies.count(body) for body in set(bodies)) == [1, 2]


def test_a_slow_subscriber_holds_nobody(sandbox, client, subscribe, receiver):
    subscribe("SalesEntries")
    receiver.answers.clear()
    assert [client.post(ENTRIES, entry(client)).status_code for _ in range(12)] == [201] * 12
    assert {row["state"] for row in deliveries(sandbox)} == {"pending"}
    receiver.answers.set()
    assert len(settled(sandbox, {"delivered"})) == 12


def test_what_is_queued_survives_a_restart(new_sandbox, tmp_path, receiver):
    state = str(tmp_path / "state.sqlite")
    first = new_sandbox("--state", state)
    first.switch(webhook_loopback=True)
    app = application_one(first).sign_in()
    assert app.post(SUBSCRIPTIONS, {"Topic": "SalesEntries", "CallbackURL": receiver.url}).status_code == 201
    first.switch(webhook_delay_s=3600.0)
    key = app.post(ENTRIES, entry(app)).json()["d"]["EntryID"]
    first.process.kill()
    first.process.wait()
    second = new_sandbox("--state", state)
    assert receiver.bodies == [b""]
    second.control("POST", "clock", {"advance_s": 3601})
    assert notices(receiver, 1)[0]["Key"] == key
