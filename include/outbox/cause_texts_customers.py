"""Why a customer did not become a relation, or a change of one did not reach Exact."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_CUSTOMERS = {
    "relation_differs": CauseText(
        cause_nl=("In Exact heeft een relatie de code die klant {subject} zou hebben, maar naam, btw-nummer en postcode zijn er anders."),
        cure_nl=(
            "Vergelijk beide. Is het dezelfde klant, maak dan naam, btw-nummer of postcode gelijk in Exact of in de webshop en probeer het "
            "opnieuw. Is het een ander, geef die relatie in Exact een andere code en probeer het opnieuw."
        ),
        cause_en=(
            "In Exact a relation has the code that customer {subject} would have, but name, VAT number and postcode differ from the shop's."
        ),
        cure_en=(
            "Compare both. If it is the same customer, make name, VAT number or postcode equal in Exact or in the shop and retry. If it is "
            "somebody else, give that relation another code in Exact and retry."
        ),
    ),
    "relation_ambiguous": CauseText(
        cause_nl="Meerdere relaties in Exact kunnen klant {subject} zijn: btw-nummer, KvK-nummer of code wijzen er meer dan een aan.",
        cure_nl="Voeg de dubbele relaties in Exact samen, of verbeter hun nummers, en probeer het opnieuw.",
        cause_en="Several relations in Exact may be customer {subject}: VAT number, registration number or code point to more than one.",
        cure_en="Merge the duplicate relations in Exact, or mend their numbers, and retry.",
    ),
    "relation_changed_in_exact": CauseText(
        cause_nl="Gegevens van klant {subject} zijn in de webshop gewijzigd, en dezelfde velden door iemand in Exact anders.",
        cure_nl=(
            "Zet in Exact en in de webshop dezelfde waarde, of probeer het opnieuw om de waarde van de webshop over te nemen, of wijs de "
            "wijziging af om Exact te laten zoals het is."
        ),
        cause_en="Data of customer {subject} were changed in the shop, and the same fields otherwise by somebody in Exact.",
        cure_en=(
            "Write the same value in Exact and in the shop, or retry to take the shop's value, or dismiss the change to leave Exact so."
        ),
    ),
    "relation_gone": CauseText(
        cause_nl="De relatie, contactpersoon of het adres van klant {subject} is in Exact verwijderd en kan niet worden gewijzigd.",
        cure_nl="Wijs de wijziging af als dat de bedoeling was; zo niet, leg de gegevens in Exact opnieuw vast en wijs haar dan af.",
        cause_en="The relation, contact or address of customer {subject} was deleted in Exact and cannot be changed.",
        cure_en="Dismiss the change if that was meant; if not, enter the data in Exact again, then dismiss it.",
    ),
    "relation_taken": CauseText(
        cause_nl="De klant heeft al een relatie in Exact; contactpersonen en adressen daarvan blijven zoals ze zijn.",
        cure_nl="U hoeft niets te doen.",
        cause_en="The customer has a relation in Exact already; its contacts and addresses stay as they are.",
        cure_en="Nothing has to be done.",
    ),
    "already_so_in_exact": CauseText(
        cause_nl="De wijziging staat al in Exact.",
        cure_nl="U hoeft niets te doen.",
        cause_en="Exact shows the change already.",
        cure_en="Nothing has to be done.",
    ),
    "no_more_in_source": CauseText(
        cause_nl="De webshop noemt deze contactpersoon of dit adres niet meer; er was nog niets naar Exact gestuurd.",
        cure_nl="U hoeft niets te doen.",
        cause_en="The shop names this contact or address no more; nothing had been sent to Exact yet.",
        cure_en="Nothing has to be done.",
    ),
    "no_free_code": CauseText(
        cause_nl="Voor klant {subject} is geen code vrij in de reeks voor nieuwe relaties.",
        cure_nl="Laat de beheerder de reeks verruimen (customers: first_code, last_code) en probeer het opnieuw.",
        cause_en="No code is free for customer {subject} in the range for new relations.",
        cure_en="Have the administrator widen the range (customers: first_code, last_code) and retry.",
    ),
    "postcode_refused": CauseText(
        cause_nl="Exact keurt een postcode van klant {subject} af: hij past niet bij het land.",
        cure_nl="Verbeter de postcode of het land in de webshop en probeer het opnieuw.",
        cause_en="Exact refuses a postcode of customer {subject}: it does not fit its country.",
        cure_en="Mend the postcode or the country in the shop and retry.",
    ),
}
