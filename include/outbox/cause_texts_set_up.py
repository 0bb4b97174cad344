"""What stops a whole administration: the company, its journal, its currencies or its periods are not as its file says."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_SET_UP = {
    "division_not_granted": CauseText(
        cause_nl="De gebruiker van Exact heeft geen toegang tot administratie {subject}.",
        cure_nl="Geef de gebruiker in Exact toegang tot {subject} en meld u opnieuw aan, of verbeter division in de configuratie.",
        cause_en="The user of Exact has no access to division {subject}.",
        cure_en="Grant the user division {subject} in Exact and sign in again, or correct division in the configuration.",
    ),
    "wrong_company": CauseText(
        cause_nl="Administratie {subject} heeft in Exact een ander KvK- of btw-nummer dan de configuratie.",
        cure_nl="Controleer of het de bedoelde is; verbeter registration of vat_number in de configuratie, of het nummer in Exact.",
        cause_en="Division {subject} has another registration or VAT number in Exact than in the configuration.",
        cure_en="Make sure that it is the one meant; correct registration or vat_number in the configuration, or the number in Exact.",
    ),
    "division_blocked": CauseText(
        cause_nl="Administratie {subject} is in Exact geblokkeerd.",
        cure_nl="Laat de beheerder van Exact administratie {subject} deblokkeren.",
        cause_en="Division {subject} is blocked in Exact.",
        cure_en="Have the administrator of Exact unblock division {subject}.",
    ),
    "wrong_division_currency": CauseText(
        cause_nl="Administratie {subject} heeft in Exact een andere valuta dan de configuratie.",
        cure_nl="Verbeter currency in de configuratie: de valuta van administratie {subject} zoals Exact die toont.",
        cause_en="Division {subject} has another currency in Exact than in the configuration.",
        cure_en="Correct currency in the configuration: the currency of division {subject} as Exact shows it.",
    ),
    "journal_wrong_currency": CauseText(
        cause_nl="Dagboek {subject} neemt in Exact alleen zijn eigen valuta aan, en de orders zijn ook in een andere.",
        cure_nl="Sta in Exact bij dagboek {subject} een variabele valuta toe, of laat de beheerder een ander invullen (journals).",
        cause_en="Journal {subject} takes its own currency only in Exact, and the orders are in another one as well.",
        cure_en="Allow a variable currency for journal {subject} in Exact, or have the administrator choose another (journals).",
    ),
    "missing_period": CauseText(
        cause_nl="Voor {subject} bestaat in Exact geen periode.",
        cure_nl="Laat in Exact het boekjaar met {subject} aanmaken, of verbeter book_from als er vanaf een latere dag geboekt wordt.",
        cause_en="Exact has no period for {subject}.",
        cure_en="Have the financial year with {subject} created in Exact, or correct book_from if booking begins on a later day.",
    ),
    "current_period_closed": CauseText(
        cause_nl="De lopende periode {subject} is in Exact voor het verkoopdagboek afgesloten.",
        cure_nl="Open periode {subject} in Exact voor het verkoopdagboek.",
        cause_en="The current period {subject} is closed in Exact for the sales journal.",
        cure_en="Open period {subject} in Exact for the sales journal.",
    ),
}
