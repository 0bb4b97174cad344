"""Who may read personal data."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from include.console.masking import HIDDEN, Eyes
from include.exact.shown import PERSONAL

VIEWER, OPERATOR = Eyes(whole=False), Eyes(whole=True)
SECRETS = (
    "jan.jansen@example.nl",
    "NL91 ABNA 0417 1643 00",
    "NL91ABNA0417164300",
    "NL001234567B01",
    "BE0123456789",
    "+31 6 12345678",
    "0031612345678",
)


def test_a_viewer_reads_sentences_without_what_identifies_a_person() -> None:
    for secret in SECRETS:
        assert secret not in VIEWER.text(f"Exact keurt {secret} af."), secret
        assert OPERATOR.text(f"Exact keurt {secret} af.") == f"Exact keurt {secret} af."


def test_numbers_of_documents_and_amounts_stay_as_they_are() -> None:
    text = "Grootboekrekening 8120 van order 536365 van 2026-11-02 (1.234,56 EUR, kenmerk EA2M3NMZ5Y5L) bestaat niet."
    assert VIEWER.text(text) == text


def test_a_viewer_sees_which_fields_a_payload_has_and_not_whose_they_are() -> None:
    payload = json.dumps(
        {"Name": "Jan Jansen", "Code": "17850", "Email": "j@example.nl", "Lines": [{"Phone": "1", "Notes": "bel +31 6 12345678"}]}
    )

    seen = json.loads(VIEWER.payload(payload))
    assert seen == {"Name": HIDDEN, "Code": "17850", "Email": HIDDEN, "Lines": [{"Phone": HIDDEN, "Notes": f"bel {HIDDEN}"}]}
    assert json.loads(OPERATOR.payload(payload)) == json.loads(payload)


@given(st.sampled_from(sorted(PERSONAL)), st.text(min_size=4).filter(lambda text: HIDDEN not in text))
def test_no_personal_field_ever_shows_its_text_to_a_viewer(field: str, text: str) -> None:
    assert json.dumps(text)[1:-1] not in VIEWER.payload(json.dumps({"of": [{field: text}]})).replace(field, "").replace('"of"', "")


def test_what_is_no_payload_is_masked_as_text() -> None:
    assert VIEWER.payload("{broken j@example.nl") == f"{{broken {HIDDEN}"
    assert VIEWER.payload(None) == ""
    assert VIEWER.name("Jansen") == f"J{HIDDEN}"
    assert VIEWER.facts({"text": "j@example.nl", "line": 3}) == {"text": HIDDEN, "line": "3"}
