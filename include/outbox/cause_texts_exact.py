"""What Exact refused, and what became of a document on its way there."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_EXACT = {
    "invalid_reference": CauseText(
        cause_nl="Exact kent iets niet waarnaar dit document verwijst: {subject}. Mogelijk is het net verwijderd.",
        cure_nl="Controleer in Exact of {subject} nog bestaat in deze administratie, herstel dat en probeer het opnieuw.",
        cause_en="Exact does not know something that this document refers to: {subject}. It may have been deleted just now.",
        cure_en="Check in Exact whether {subject} still exists in this company, mend it and retry.",
    ),
    "account_not_customer": CauseText(
        cause_nl="Relatie {subject} is in Exact geen klant.",
        cure_nl="Zet relatie {subject} in Exact op de status Klant en probeer het opnieuw.",
        cause_en="Relation {subject} is no customer in Exact.",
        cure_en="Give relation {subject} the status Customer in Exact and retry.",
    ),
    "account_not_supplier": CauseText(
        cause_nl="Relatie {subject} is in Exact geen leverancier.",
        cure_nl="Merk relatie {subject} in Exact aan als leverancier en probeer het opnieuw.",
        cause_en="Relation {subject} is no supplier in Exact.",
        cure_en="Mark relation {subject} as a supplier in Exact and retry.",
    ),
    "blocked_account": CauseText(
        cause_nl="Relatie {subject} is geblokkeerd in Exact.",
        cure_nl="Zoek uit waarom; deblokkeer relatie {subject} in Exact en probeer het opnieuw, of wijs het document af.",
        cause_en="Relation {subject} is blocked in Exact.",
        cure_en="Find out why; unblock relation {subject} in Exact and retry, or dismiss the document.",
    ),
    "gl_account_blocked": CauseText(
        cause_nl="Grootboekrekening {subject} is geblokkeerd in Exact.",
        cure_nl="Deblokkeer grootboekrekening {subject} in Exact, of laat de beheerder een andere kiezen, en probeer het opnieuw.",
        cause_en="Ledger account {subject} is blocked in Exact.",
        cure_en="Unblock ledger account {subject} in Exact, or have the administrator choose another, and retry.",
    ),
    "item_blocked": CauseText(
        cause_nl="Artikel {subject} is geblokkeerd in Exact.",
        cure_nl="Deblokkeer artikel {subject} in Exact en probeer het opnieuw.",
        cause_en="Item {subject} is blocked in Exact.",
        cure_en="Unblock item {subject} in Exact and retry.",
    ),
    "vat_number_refused": CauseText(
        cause_nl="Exact keurt btw-nummer {subject} af.",
        cure_nl="Verbeter btw-nummer {subject} in de webshop en probeer het opnieuw; wat erop wacht, komt dan mee.",
        cause_en="Exact refuses VAT number {subject}.",
        cure_en="Mend VAT number {subject} in the shop and retry; what waits for it then comes along.",
    ),
    "closed_period": CauseText(
        cause_nl="De periode {subject} is in Exact afgesloten of bestaat nog niet.",
        cure_nl=("Open periode {subject} in Exact (of laat het boekjaar aanmaken) en probeer het opnieuw, of boek in de huidige periode."),
        cause_en="Period {subject} is closed in Exact, or does not exist yet.",
        cure_en=("Open period {subject} in Exact (or have the financial year created) and retry, or book in the current period."),
    ),
    "vat_code_refused": CauseText(
        cause_nl="Exact keurt btw-code {subject} of het percentage ervan af.",
        cure_nl="Controleer in Exact of btw-code {subject} op de datum van het document een percentage heeft en probeer het opnieuw.",
        cause_en="Exact refuses VAT code {subject} or its percentage.",
        cure_en="Check in Exact that VAT code {subject} has a percentage on the date of the document, then retry.",
    ),
    "gl_account_refused": CauseText(
        cause_nl="Exact keurt het type van grootboekrekening {subject} af voor een verkoop.",
        cure_nl=(
            "Laat de beheerder een omzetrekening invullen (gl_accounts), of wijzig het type van {subject} in Exact, en probeer het opnieuw."
        ),
        cause_en="Exact refuses the type of ledger account {subject} for a sale.",
        cure_en="Have the administrator choose a revenue account (gl_accounts), or change the type of {subject} in Exact, and retry.",
    ),
    "journal_refused": CauseText(
        cause_nl="Exact keurt dagboek {subject} af voor dit document.",
        cure_nl="Laat de beheerder een passend dagboek invullen (journals) en probeer het opnieuw.",
        cause_en="Exact refuses journal {subject} for this document.",
        cure_en="Have the administrator choose a fitting journal (journals), then retry.",
    ),
    "currency_inactive": CauseText(
        cause_nl="Valuta {subject} is in Exact niet actief voor deze administratie.",
        cure_nl="Activeer valuta {subject} in Exact en probeer het opnieuw.",
        cause_en="Currency {subject} is not active in this company of Exact.",
        cure_en="Activate currency {subject} in Exact and retry.",
    ),
    "entry_number_in_use": CauseText(
        cause_nl="Het boekstuknummer voor {subject} is in Exact al in gebruik.",
        cure_nl="Probeer het opnieuw; gebeurt het weer, kijk dan in Exact of iemand dit document al met de hand boekte.",
        cause_en="The entry number for {subject} is in use in Exact already.",
        cure_en="Retry; if it happens again, look in Exact whether somebody booked this document by hand.",
    ),
    "already_processed": CauseText(
        cause_nl="Het document {subject} is in Exact al verwerkt en kan niet meer gewijzigd worden.",
        cure_nl="Vergelijk het document in Exact met de order; corrigeer zo nodig met een creditnota en wijs dit geval af.",
        cause_en="The document {subject} was processed in Exact already and cannot be changed any more.",
        cure_en="Compare the document in Exact with the order; correct it by a credit note if need be, and dismiss the case.",
    ),
    "already_exists": CauseText(
        cause_nl="Exact zegt dat {subject} al bestaat.",
        cure_nl="Zoek {subject} op in Exact; is het hetzelfde document, koppel het dan of wijs dit geval af.",
        cause_en="Exact says that {subject} exists already.",
        cure_en="Look {subject} up in Exact; if it is the same document, adopt it or dismiss the case.",
    ),
    "required_field_missing": CauseText(
        cause_nl="Exact mist een verplicht veld in {subject}; het antwoord van Exact noemt welk.",
        cure_nl="Vul in Exact of in de webshop aan wat het antwoord noemt en probeer het opnieuw.",
        cause_en="Exact misses a mandatory field in {subject}; its answer names which.",
        cure_en="Complete in Exact or in the shop what the answer names, and retry.",
    ),
    "payload_refused": CauseText(
        cause_nl="Exact weigert document {subject}; het antwoord van Exact noemt de reden.",
        cure_nl="Lees het antwoord, herstel wat het noemt en probeer het opnieuw; laat anders de beheerder ernaar kijken.",
        cause_en="Exact refuses document {subject}; its answer names the reason.",
        cure_en="Read the answer, mend what it names and retry; else have the administrator look at it.",
    ),
    "unrecognised_answer": CauseText(
        cause_nl="Exact antwoordde op {subject} met een fout die dit systeem niet kent. Het document is niet in Exact aangetroffen.",
        cure_nl=(
            "Lees het antwoord, herstel wat het noemt en probeer het opnieuw. Meld de tekst aan de beheerder, zodat zij voortaan "
            "herkend wordt."
        ),
        cause_en="Exact answered {subject} with an error that this system does not know. The document was not found in Exact.",
        cure_en="Read the answer, mend what it names and retry. Tell the administrator the text, so that it is recognised in future.",
    ),
    "unknown_outcome": CauseText(
        cause_nl="Het is niet vast te stellen of {subject} in Exact geboekt is: Exact gaf drie keer geen duidelijk antwoord.",
        cure_nl=(
            "Zoek {subject} op in Exact bij Uw ref. Staat het er, koppel het dan aan dit geval; staat het er niet, probeer het dan opnieuw."
        ),
        cause_en="It cannot be said whether {subject} was booked in Exact: three times Exact gave no clear answer.",
        cure_en="Look {subject} up in Exact by Your ref. If it is there, adopt it; if not, retry.",
    ),
    "cancelled_in_source": CauseText(
        cause_nl="De bestelling is in de webshop geannuleerd voordat er iets geboekt was.",
        cure_nl="U hoeft niets te doen: er is niets geboekt.",
        cause_en="The order was cancelled in the shop before anything was booked.",
        cure_en="Nothing has to be done: nothing was booked.",
    ),
    "routed_elsewhere": CauseText(
        cause_nl=(
            "Dit document was voor een andere administratie gepland en zou nu naar {subject} gaan. Het wordt niet vanzelf "
            "verplaatst, om dubbel boeken te voorkomen."
        ),
        cure_nl=(
            "Controleer het land van de order en de configuratie (routes). Boek het document zo nodig met de hand in {subject} en "
            "wijs dit geval af."
        ),
        cause_en=(
            "This document was planned for another administration and would go to {subject} now. It is not moved by itself, so that "
            "nothing is booked twice."
        ),
        cure_en=(
            "Check the country of the order and the configuration (routes). If need be, book the document by hand in {subject} and "
            "dismiss the case."
        ),
    ),
    "error_budget_rest": CauseText(
        cause_nl="Exact gaf op {subject} zo veel fouten dat er een uur gewacht wordt, om een blokkade te voorkomen.",
        cure_nl="U hoeft niets te doen: het gaat vanzelf verder. Herstel intussen de andere gevallen, want daar komen de fouten vandaan.",
        cause_en="Exact gave so many errors on {subject} that there is a pause of up to an hour, so that it does not block us.",
        cure_en="Nothing has to be done: it goes on by itself. Meanwhile mend the other cases, since the errors come from them.",
    ),
}
