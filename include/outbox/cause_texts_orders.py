"""What speaks against an order before it is sent: the order itself, the configuration, or the master data in Exact."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_ORDERS = {
    "not_mappable": CauseText(
        cause_nl="Deze order bevat iets waar dit systeem niet mee overweg kan ({subject}).",
        cure_nl="Vergelijk de order in de webshop met andere, herstel wat afwijkt en probeer het opnieuw; laat anders de beheerder kijken.",
        cause_en="This order holds something that this system cannot handle ({subject}).",
        cure_en="Compare the order in the shop with others, mend what differs and retry; else have the administrator look at it.",
    ),
    "order_without_lines": CauseText(
        cause_nl="De order heeft geen regels, dus er is niets om te boeken.",
        cure_nl="Vul de regels aan in de webshop of annuleer de order daar; probeer het daarna opnieuw.",
        cause_en="The order has no lines, so there is nothing to book.",
        cure_en="Complete the lines in the shop or cancel the order there; then retry.",
    ),
    "before_book_from": CauseText(
        cause_nl="Dit document is van vóór {subject}, de dag vanaf welke geboekt wordt.",
        cure_nl="U hoeft niets te doen: het is niet geboekt. Klopt de dag niet, laat de beheerder book_from dan aanpassen.",
        cause_en="This document dates from before {subject}, the day from which documents are booked.",
        cure_en="Nothing has to be done: it was not booked. If the day is wrong, have the administrator change book_from.",
    ),
    "not_a_sale": CauseText(
        cause_nl="Geen enkele regel kost iets: dit is geen verkoop.",
        cure_nl="U hoeft niets te doen; het document is geteld en overgeslagen.",
        cause_en="No line costs anything: this is no sale.",
        cure_en="Nothing has to be done; the document was counted and left out.",
    ),
    "sale_is_negative": CauseText(
        cause_nl="Het totaal van deze order is negatief, alsof het een creditnota is.",
        cure_nl="Controleer de kortingen in de order; geef een teruggave in de webshop in als retour.",
        cause_en="The total of this order is negative, as if it were a credit note.",
        cure_en="Check the discounts of the order; enter a refund in the shop as a return.",
    ),
    "reference_invalid": CauseText(
        cause_nl="Het ordernummer is leeg of bevat onleesbare tekens; het moet als Uw ref. op de factuur staan.",
        cure_nl="Geef de order in de webshop een leesbaar nummer en probeer het opnieuw.",
        cause_en="The order number is empty or holds unreadable characters; it has to stand on the invoice as Your ref.",
        cure_en="Give the order a readable number in the shop and retry.",
    ),
    "reference_too_long": CauseText(
        cause_nl=(
            "Het ordernummer {subject}… is langer dan de 40 tekens die in Exact in Uw ref. passen; het wordt niet afgekort, want "
            "betalingen worden ermee herkend."
        ),
        cure_nl="Geef de order in de webshop een korter nummer en probeer het opnieuw.",
        cause_en=(
            "The order number {subject}… is longer than the 40 characters that Your ref. in Exact holds; it is not shortened, since "
            "payments are matched by it."
        ),
        cure_en="Give the order a shorter number in the shop and retry.",
    ),
    "currency_without_cents": CauseText(
        cause_nl="Bedragen in {subject} hebben geen twee decimalen; deze versie zou ze verkeerd afronden.",
        cure_nl="Boek deze orders met de hand en wijs ze af.",
        cause_en="Amounts in {subject} do not have two decimals; this version would round them wrongly.",
        cure_en="Book these orders by hand and dismiss them.",
    ),
    "missing_exchange_rate": CauseText(
        cause_nl="In Exact ontbreekt een wisselkoers voor {subject} op de datum van de order.",
        cure_nl="Voer de wisselkoers voor {subject} in Exact in, met een ingangsdatum op of voor de order, en probeer het opnieuw.",
        cause_en="Exact has no exchange rate for {subject} on the date of the order.",
        cure_en="Enter the exchange rate for {subject} in Exact, starting on or before the date of the order, and retry.",
    ),
    "unknown_journal": CauseText(
        cause_nl="Dagboek {subject} bestaat niet in deze administratie van Exact.",
        cure_nl="Maak dagboek {subject} aan in Exact, of laat de beheerder het juiste dagboek invullen in de configuratie (journals).",
        cause_en="Journal {subject} does not exist in this company of Exact.",
        cure_en="Create journal {subject} in Exact, or have the administrator write the right journal in the configuration (journals).",
    ),
    "journal_wrong_type": CauseText(
        cause_nl="Dagboek {subject} is geen verkoopboek.",
        cure_nl="Laat de beheerder in de configuratie (journals) een dagboek van het type Verkoop invullen.",
        cause_en="Journal {subject} is no sales journal.",
        cure_en="Have the administrator write a journal of type Sales in the configuration (journals).",
    ),
    "journal_blocked": CauseText(
        cause_nl="Dagboek {subject} is geblokkeerd in Exact.",
        cure_nl="Deblokkeer dagboek {subject} in Exact, of laat de beheerder een ander dagboek invullen (journals).",
        cause_en="Journal {subject} is blocked in Exact.",
        cure_en="Unblock journal {subject} in Exact, or have the administrator choose another one (journals).",
    ),
    "no_customer_number": CauseText(
        cause_nl="De order heeft geen klantnummer, en deze administratie boekt geen orders van gasten.",
        cure_nl="Koppel de order in de webshop aan een klant, of laat de beheerder een verzamelrelatie instellen (guests).",
        cause_en="The order has no customer number, and this administration does not book orders of guests.",
        cure_en="Give the order a customer in the shop, or have the administrator name a collective relation (guests).",
    ),
    "customer_number_invalid": CauseText(
        cause_nl="Het klantnummer van de order kan geen relatiecode in Exact zijn.",
        cure_nl="Verbeter het klantnummer in de webshop (hooguit 18 letters en cijfers) en probeer het opnieuw.",
        cause_en="The customer number of the order cannot be a relation code in Exact.",
        cure_en="Mend the customer number in the shop (at most 18 letters and digits) and retry.",
    ),
    "unknown_relation": CauseText(
        cause_nl="Relatie {subject} bestaat niet in deze administratie van Exact.",
        cure_nl="Maak in Exact een klant met code {subject} aan, of verbeter het klantnummer in de webshop, en probeer het opnieuw.",
        cause_en="Relation {subject} does not exist in this company of Exact.",
        cure_en="Create a customer with code {subject} in Exact, or mend the customer number in the shop, and retry.",
    ),
    "missing_payment_condition": CauseText(
        cause_nl="Voor betaalwijze {subject} is geen betalingsconditie ingesteld.",
        cure_nl=(
            "Laat de beheerder in de configuratie (payment_conditions) een betalingsconditie voor {subject} invullen en probeer het "
            "opnieuw."
        ),
        cause_en="No payment condition is set for payment method {subject}.",
        cure_en="Have the administrator add a payment condition for {subject} to the configuration (payment_conditions), then retry.",
    ),
    "unknown_payment_condition": CauseText(
        cause_nl="Betalingsconditie {subject} bestaat niet in deze administratie van Exact.",
        cure_nl="Maak betalingsconditie {subject} aan in Exact, of laat de beheerder de juiste code invullen (payment_conditions).",
        cause_en="Payment condition {subject} does not exist in this company of Exact.",
        cure_en="Create payment condition {subject} in Exact, or have the administrator write the right code (payment_conditions).",
    ),
    "too_many_digits": CauseText(
        cause_nl="Een getal in de order ({subject}) heeft meer cijfers dan Exact kan bewaren.",
        cure_nl="Rond het getal in de webshop af en probeer het opnieuw.",
        cause_en="A number of the order ({subject}) has more digits than Exact can keep.",
        cure_en="Round the number in the shop and retry.",
    ),
    "number_out_of_range": CauseText(
        cause_nl="Een getal in de order ({subject}) is onwaarschijnlijk groot of klein.",
        cure_nl="Controleer aantal en prijs in de webshop en probeer het opnieuw.",
        cause_en="A number of the order ({subject}) is implausibly large or small.",
        cure_en="Check quantity and price in the shop and retry.",
    ),
    "unknown_item": CauseText(
        cause_nl="Artikel {subject} bestaat niet in deze administratie van Exact.",
        cure_nl="Maak artikel {subject} aan in Exact, of verbeter de artikelcode in de webshop, en probeer het opnieuw.",
        cause_en="Item {subject} does not exist in this company of Exact.",
        cure_en="Create item {subject} in Exact, or mend the article code in the shop, and retry.",
    ),
    "generic_item_not_mapped": CauseText(
        cause_nl="Voor productgroep {subject} is geen algemeen artikel ingesteld.",
        cure_nl="Laat de beheerder in de configuratie (items, generic) een artikel voor {subject} invullen en probeer het opnieuw.",
        cause_en="No generic item is set for product group {subject}.",
        cure_en="Have the administrator add an item for {subject} to the configuration (items, generic), then retry.",
    ),
    "item_refused": CauseText(
        cause_nl="Artikel {subject} mag in deze administratie niet gefactureerd worden: zij factureert geen artikelen.",
        cure_nl=(
            "Boek de order met de hand in de juiste administratie en wijs dit geval af, of laat de beheerder de instelling wijzigen "
            "(items)."
        ),
        cause_en="Item {subject} may not be invoiced by this administration: it invoices no articles.",
        cure_en="Book the order by hand in the right company and dismiss the case, or have the administrator change the setting (items).",
    ),
    "product_group_not_mapped": CauseText(
        cause_nl="Voor productgroep {subject} is geen grootboekrekening ingesteld.",
        cure_nl="Laat de beheerder in de configuratie (gl_accounts) een omzetrekening voor {subject} invullen en probeer het opnieuw.",
        cause_en="No ledger account is set for product group {subject}.",
        cure_en="Have the administrator add a revenue account for {subject} to the configuration (gl_accounts), then retry.",
    ),
    "missing_gl_account": CauseText(
        cause_nl="Grootboekrekening {subject} bestaat niet in deze administratie van Exact.",
        cure_nl=(
            "Maak grootboekrekening {subject} aan in Exact, of laat de beheerder de juiste rekening invullen (gl_accounts), en "
            "probeer het opnieuw."
        ),
        cause_en="Ledger account {subject} does not exist in this company of Exact.",
        cure_en="Create ledger account {subject} in Exact, or have the administrator write the right one (gl_accounts), and retry.",
    ),
}
