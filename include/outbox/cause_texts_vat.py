"""What speaks against an order because of its VAT or its total."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_VAT = {
    "vat_number_needed": CauseText(
        cause_nl="De order gaat naar {subject} en heeft geen btw-nummer, dus zij kan niet als levering aan een bedrijf worden geboekt.",
        cure_nl=(
            "Vraag de koper om het btw-nummer, leg het met de controledatum vast in de webshop en probeer het opnieuw; is er geen, "
            "verbeter dan het btw-tarief van de order."
        ),
        cause_en="The order goes to {subject} and bears no VAT number, so it cannot be booked as a supply to a business.",
        cure_en=(
            "Ask the buyer for the VAT number, enter it in the shop with the day of its check, and retry; if there is none, mend the "
            "VAT rate of the order."
        ),
    ),
    "vat_number_not_checked": CauseText(
        cause_nl="Het btw-nummer van een koper in {subject} is niet, of te lang geleden, op geldigheid gecontroleerd.",
        cure_nl=(
            "Controleer het nummer in VIES, leg de controledatum vast in de webshop en probeer het opnieuw; is het ongeldig, verbeter "
            "dan het btw-tarief van de order."
        ),
        cause_en="The VAT number of a buyer in {subject} was never checked, or too long ago.",
        cure_en=(
            "Check the number in VIES, enter the day of the check in the shop and retry; if it is invalid, mend the VAT rate of the order."
        ),
    ),
    "vat_number_unfit": CauseText(
        cause_nl="Het btw-nummer van een koper in {subject} is onjuist geschreven, of niet van een andere EU-lidstaat.",
        cure_nl="Verbeter het btw-nummer in de webshop, of het btw-tarief van de order, en probeer het opnieuw.",
        cause_en="The VAT number of a buyer in {subject} is misspelled, or not one of another member state of the Union.",
        cure_en="Mend the VAT number in the shop, or the VAT rate of the order, and retry.",
    ),
    "vat_rate_not_mapped": CauseText(
        cause_nl="Het btw-regime en het tarief dat de webshop rekende passen niet bij elkaar, of hebben geen btw-code: {subject}.",
        cure_nl=(
            "Klopt het tarief? Laat dan de beheerder een btw-code invullen (vat_codes); verbeter anders tarief, land of btw-nummer van "
            "de order in de webshop."
        ),
        cause_en="The VAT regime and the rate that the shop charged do not fit each other, or have no VAT code: {subject}.",
        cure_en=(
            "Is the rate right? Then have the administrator add a VAT code (vat_codes); else mend rate, country or VAT number of the "
            "order in the shop."
        ),
    ),
    "vat_code_missing": CauseText(
        cause_nl="Btw-code {subject} bestaat niet in deze administratie van Exact.",
        cure_nl="Maak btw-code {subject} aan in Exact, of laat de beheerder de juiste code invullen (vat_codes), en probeer het opnieuw.",
        cause_en="VAT code {subject} does not exist in this company of Exact.",
        cure_en="Create VAT code {subject} in Exact, or have the administrator write the right code (vat_codes), and retry.",
    ),
    "vat_code_blocked": CauseText(
        cause_nl="Btw-code {subject} is geblokkeerd in Exact.",
        cure_nl="Deblokkeer btw-code {subject} in Exact, of laat de beheerder een andere code invullen (vat_codes).",
        cause_en="VAT code {subject} is blocked in Exact.",
        cure_en="Unblock VAT code {subject} in Exact, or have the administrator choose another one (vat_codes).",
    ),
    "vat_code_wrong_type": CauseText(
        cause_nl="Het type van btw-code {subject} in Exact past niet bij de prijzen van de webshop.",
        cure_nl=(
            "Laat de beheerder een btw-code van het type Exclusief invullen (vat_codes); zijn de prijzen inclusief btw, dan mag ook "
            "Inclusief. Probeer het daarna opnieuw."
        ),
        cause_en="The type of VAT code {subject} in Exact does not fit the prices of the shop.",
        cure_en=(
            "Have the administrator choose a VAT code of type Excluding (vat_codes); where prices include VAT, Including will do as "
            "well. Then retry."
        ),
    ),
    "vat_code_wrong_rate": CauseText(
        cause_nl="Btw-code {subject} heeft in Exact een ander percentage dan de webshop rekende.",
        cure_nl="Laat de beheerder de juiste btw-code invullen (vat_codes), of herstel het percentage in Exact, en probeer het opnieuw.",
        cause_en="VAT code {subject} has another percentage in Exact than the shop charged.",
        cure_en="Have the administrator choose the right VAT code (vat_codes), or mend the percentage in Exact, and retry.",
    ),
    "voucher_not_mapped": CauseText(
        cause_nl="De order is deels met een tegoedbon betaald, en voor tegoedbonnen is geen grootboekrekening ingesteld.",
        cure_nl="Laat de beheerder in de configuratie (kinds, voucher) een rekening voor tegoedbonnen invullen en probeer het opnieuw.",
        cause_en="A voucher pays for a part of the order, and no ledger account is set for vouchers.",
        cure_en="Have the administrator add an account for vouchers to the configuration (kinds, voucher), then retry.",
    ),
    "voucher_with_vat": CauseText(
        cause_nl="De webshop rekende btw over een tegoedbon, die hier een betaalmiddel zonder btw is (btw-code {subject}).",
        cure_nl=(
            "Laat de webshop 0 % rekenen op de regel van de bon; geldt de bon voor één btw-tarief, laat dan de beheerder de btw-code "
            "weghalen (kinds, voucher)."
        ),
        cause_en="The shop charged VAT on a voucher, which is a means of payment without VAT here (VAT code {subject}).",
        cure_en=(
            "Have the shop charge 0 % on the voucher's line; if the voucher is for one VAT rate, have the administrator take the VAT "
            "code away (kinds, voucher)."
        ),
    ),
    "total_differs": CauseText(
        cause_nl="Het totaal dat Exact zou berekenen wijkt meer af van het betaalde bedrag ({subject}) dan de afronding toelaat.",
        cure_nl=(
            "Vergelijk beide totalen bij dit geval met de regels van de order; verbeter de order in de webshop, of laat de beheerder de "
            "afronding verruimen (rounding)."
        ),
        cause_en="The total that Exact would reckon differs from the sum that was paid ({subject}) by more than rounding allows.",
        cure_en=(
            "Compare both totals of this case with the lines of the order; mend the order in the shop, or have the administrator allow "
            "more (rounding)."
        ),
    ),
}
