"""What cannot be read from the shop: `{subject}` is a view and column of the contract."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_SOURCES = {
    "value_missing": CauseText(
        cause_nl="De webshop levert geen waarde voor {subject}.",
        cure_nl="Vul {subject} aan in de webshop; het document komt dan vanzelf terug.",
        cause_en="The shop delivers no value for {subject}.",
        cure_en="Complete {subject} in the shop; the document then comes back by itself.",
    ),
    "value_unreadable": CauseText(
        cause_nl="De waarde van {subject} uit de webshop is onleesbaar.",
        cure_nl="Verbeter {subject} in de webshop; het document komt dan vanzelf terug.",
        cause_en="The value of {subject} from the shop cannot be read.",
        cure_en="Mend {subject} in the shop; the document then comes back by itself.",
    ),
    "value_not_allowed": CauseText(
        cause_nl="De webshop levert voor {subject} een waarde die niet is afgesproken.",
        cure_nl="Verbeter {subject} in de webshop, of laat de beheerder de koppeling van de webshop aanpassen.",
        cause_en="The shop delivers a value for {subject} that was not agreed.",
        cure_en="Mend {subject} in the shop, or have the administrator change the shop's contract views.",
    ),
    "value_too_long": CauseText(
        cause_nl="De tekst van {subject} uit de webshop is te lang.",
        cure_nl="Kort {subject} in de webshop in; het document komt dan vanzelf terug.",
        cause_en="The text of {subject} from the shop is too long.",
        cure_en="Shorten {subject} in the shop; the document then comes back by itself.",
    ),
    "value_too_large": CauseText(
        cause_nl="Het getal van {subject} uit de webshop is onwaarschijnlijk groot.",
        cure_nl="Controleer {subject} in de webshop; het document komt dan vanzelf terug.",
        cause_en="The number of {subject} from the shop is implausibly large.",
        cure_en="Check {subject} in the shop; the document then comes back by itself.",
    ),
    "not_a_number": CauseText(
        cause_nl="De waarde van {subject} is geen getal.",
        cure_nl="Verbeter {subject} in de webshop; het document komt dan vanzelf terug.",
        cause_en="The value of {subject} is no number.",
        cure_en="Mend {subject} in the shop; the document then comes back by itself.",
    ),
    "unknown_country": CauseText(
        cause_nl="{subject} is geen landcode.",
        cure_nl="Verbeter het land in de webshop: twee letters, zoals NL of BE (Griekenland is GR, het Verenigd Koninkrijk GB).",
        cause_en="{subject} is no country code.",
        cure_en="Mend the country in the shop: two letters, such as NL or BE (Greece is GR, the United Kingdom GB).",
    ),
    "unknown_currency": CauseText(
        cause_nl="{subject} is geen valutacode.",
        cure_nl="Verbeter de valuta in de webshop: drie hoofdletters, zoals EUR.",
        cause_en="{subject} is no currency code.",
        cure_en="Mend the currency in the shop: three capital letters, such as EUR.",
    ),
    "no_lines": CauseText(
        cause_nl="Het document heeft geen regels ({subject}).",
        cure_nl="Vul de regels aan in de webshop of annuleer het document daar.",
        cause_en="The document has no lines ({subject}).",
        cure_en="Complete the lines in the shop or cancel the document there.",
    ),
    "too_many_lines": CauseText(
        cause_nl="Het document heeft meer regels dan dit systeem aanneemt ({subject}).",
        cure_nl="Splits het document in de webshop, of boek het met de hand en wijs dit geval af.",
        cause_en="The document has more lines than this system takes ({subject}).",
        cure_en="Split the document in the shop, or book it by hand and dismiss the case.",
    ),
    "duplicate_position": CauseText(
        cause_nl="Twee regels van het document hebben hetzelfde regelnummer ({subject}).",
        cure_nl="Verbeter de regelnummers in de webshop, of laat de beheerder de koppeling van de webshop nakijken.",
        cause_en="Two lines of the document have the same position ({subject}).",
        cure_en="Mend the positions in the shop, or have the administrator check the shop's contract views.",
    ),
    "duplicate_number": CauseText(
        cause_nl="De webshop levert dit documentnummer meer dan eens ({subject}).",
        cure_nl="Laat de beheerder de koppeling van de webshop nakijken: elk nummer mag er een keer in staan.",
        cause_en="The shop delivers this document number more than once ({subject}).",
        cure_en="Have the administrator check the shop's contract views: each number may stand there once.",
    ),
    "negative_price": CauseText(
        cause_nl="Een regel die geen korting is, heeft een negatieve prijs ({subject}).",
        cure_nl="Maak er in de webshop een kortingsregel van, of verbeter de prijs.",
        cause_en="A line that is no discount has a negative price ({subject}).",
        cure_en="Make it a discount line in the shop, or mend the price.",
    ),
    "negative_total": CauseText(
        cause_nl="Het totaal van het document is negatief ({subject}).",
        cure_nl="Controleer de kortingen; geef een teruggave in de webshop in als retour.",
        cause_en="The total of the document is negative ({subject}).",
        cure_en="Check the discounts; enter a refund in the shop as a return.",
    ),
    "vanished_from_source": CauseText(
        cause_nl="Deze documenten staan niet meer in de webshop; er is niets van geboekt.",
        cure_nl="Zet het document terug in de webshop en probeer het opnieuw, of wijs het geval af met de reden waarom het verdween.",
        cause_en="These documents are no longer in the shop; nothing was booked of them.",
        cure_en="Put the document back into the shop and retry, or dismiss the case with the reason why it vanished.",
    ),
}
