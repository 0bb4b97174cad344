"""Why a record was not booked and what helps, in Dutch and English, for whoever keeps the books."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from include.outbox.cause_texts_changes import TEXTS_OF_CHANGES
from include.outbox.cause_texts_customers import TEXTS_OF_CUSTOMERS
from include.outbox.cause_texts_documents import TEXTS_OF_DOCUMENTS
from include.outbox.cause_texts_exact import TEXTS_OF_EXACT
from include.outbox.cause_texts_orders import TEXTS_OF_ORDERS
from include.outbox.cause_texts_reconciliation import TEXTS_OF_RECONCILIATION
from include.outbox.cause_texts_returns import TEXTS_OF_RETURNS
from include.outbox.cause_texts_set_up import TEXTS_OF_SET_UP
from include.outbox.cause_texts_sources import TEXTS_OF_SOURCES
from include.outbox.cause_texts_vat import TEXTS_OF_VAT
from include.outbox.cause_words import CauseText

Language = Literal["nl", "en"]

CAUSES: Mapping[str, CauseText] = {
    **TEXTS_OF_SOURCES,
    **TEXTS_OF_ORDERS,
    **TEXTS_OF_CUSTOMERS,
    **TEXTS_OF_RETURNS,
    **TEXTS_OF_CHANGES,
    **TEXTS_OF_VAT,
    **TEXTS_OF_EXACT,
    **TEXTS_OF_DOCUMENTS,
    **TEXTS_OF_SET_UP,
    **TEXTS_OF_RECONCILIATION,
}

UNNAMED = CauseText(
    cause_nl="Dit document is niet geboekt; de oorzaak heet in het systeem {subject}.",
    cure_nl="Bekijk het antwoord van Exact en de gegevens bij dit geval, herstel wat niet klopt en probeer het opnieuw.",
    cause_en="This document was not booked; the system calls the cause {subject}.",
    cure_en="Look at Exact's answer and at the facts of this case, mend what is wrong and retry.",
)


def explain(code: str, subject: str, language: Language) -> tuple[str, str]:
    """Return the sentences of cause and of cure; a code without texts gets a general one that names it."""
    text = CAUSES.get(code)
    if text is None:
        return _sentences(UNNAMED, f"{code}:{subject}" if subject else code, language)
    return _sentences(text, subject, language)


def _sentences(text: CauseText, subject: str, language: Language) -> tuple[str, str]:
    cause, cure = (text.cause_nl, text.cure_nl) if language == "nl" else (text.cause_en, text.cure_en)
    # Not format(): a subject may hold braces.
    return cause.replace("{subject}", subject), cure.replace("{subject}", subject)
