"""What speaks against a return before it is credited: its sale, or what it says about it."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_RETURNS = {
    "original_not_found": CauseText(
        cause_nl="Retour {subject} noemt geen order, of een order die hier niet geboekt is, dus er is geen verkoop om terug te nemen.",
        cure_nl=(
            "Vul in de webshop bij retour {subject} het juiste ordernummer in en probeer het opnieuw. Is de verkoop elders geboekt, "
            "crediteer dan met de hand en wijs dit geval af."
        ),
        cause_en="Return {subject} names no order, or one that was not booked here, so there is no sale to take back.",
        cure_en=(
            "Enter the right order number for return {subject} in the shop and retry. If the sale was booked elsewhere, credit it by hand "
            "and dismiss the case."
        ),
    ),
    "returned_more_than_sold": CauseText(
        cause_nl="Retour {subject} neemt meer terug dan er verkocht en nog niet teruggenomen is.",
        cure_nl=(
            "Vergelijk de aantallen en bedragen bij dit geval met de order en haar andere retouren; verbeter de retour in de webshop en "
            "probeer het opnieuw."
        ),
        cause_en="Return {subject} takes back more than was sold and is not taken back yet.",
        cure_en=(
            "Compare quantities and amounts of this case with the order and its other returns; correct the return in the shop and retry."
        ),
    ),
    "not_in_sale": CauseText(
        cause_nl="Retour {subject} bevat een artikel dat niet in de order staat.",
        cure_nl="Verbeter in de webshop het artikel of het ordernummer van de retour en probeer het opnieuw.",
        cause_en="Return {subject} holds an article that its order does not have.",
        cure_en="Correct the article or the order number of the return in the shop and retry.",
    ),
    "return_differs": CauseText(
        cause_nl="Retour {subject} noemt een andere valuta, een ander btw-tarief of een hogere prijs dan de order.",
        cure_nl="De gegevens bij dit geval tonen beide. Verbeter de retour in de webshop en probeer het opnieuw.",
        cause_en="Return {subject} says another currency, another VAT rate or a higher price than its order.",
        cure_en="The facts of this case show both. Correct the return in the shop and retry.",
    ),
    "booked_by_other_rules": CauseText(
        cause_nl=(
            "De order van retour {subject} is anders geboekt dan hij vandaag geboekt zou worden: de order of de configuratie is veranderd."
        ),
        cure_nl="Crediteer met de hand zoals de verkoop in Exact staat, en wijs dit geval af.",
        cause_en="The order of return {subject} was booked otherwise than it would be today: the order or the configuration has changed.",
        cure_en="Credit by hand, as the sale stands in Exact, and dismiss the case.",
    ),
    "credit_is_positive": CauseText(
        cause_nl="Retour {subject} komt op een bedrag dat de klant nog moet betalen: er wordt meer ingehouden dan er terugkomt.",
        cure_nl="Controleer de inhoudingen van de retour in de webshop en probeer het opnieuw.",
        cause_en="Return {subject} comes to an amount that the customer owes: more is kept back than comes back.",
        cure_en="Check the deductions of the return in the shop and retry.",
    ),
    "sale_dismissed": CauseText(
        cause_nl="De order {subject} van deze retour is niet geboekt (geannuleerd of afgewezen), dus er is niets te crediteren.",
        cure_nl="U hoeft niets te doen: wordt de order alsnog geboekt, dan volgt de creditnota vanzelf.",
        cause_en="The order {subject} of this return was not booked (cancelled or dismissed), so there is nothing to credit.",
        cure_en="Nothing has to be done: if the order is booked after all, its credit follows by itself.",
    ),
    "sale_deleted": CauseText(
        cause_nl="De factuur van order {subject} is in Exact verwijderd, dus er is niets om te crediteren.",
        cure_nl="Is de verkoop vervallen, wijs dit geval dan af. Anders: boek de order opnieuw en probeer het daarna nog eens.",
        cause_en="The invoice of order {subject} was deleted in Exact, so there is nothing to credit.",
        cure_en="If the sale is off, dismiss this case. If not, book the order again, then retry.",
    ),
    "taken_from_draft": CauseText(
        cause_nl="De conceptfactuur van order {subject} was nog niet verwerkt: de retour is daarvan afgetrokken.",
        cure_nl="U hoeft niets te doen: de conceptfactuur vermeldt alleen nog wat de klant houdt.",
        cause_en="The draft invoice of order {subject} was not processed yet: the return was taken off it.",
        cure_en="Nothing has to be done: the draft invoice shows only what the customer keeps.",
    ),
    "all_taken_back": CauseText(
        cause_nl="De hele order is teruggekomen voordat de conceptfactuur verwerkt was: die is verwijderd.",
        cure_nl="U hoeft niets te doen: er valt niets te factureren.",
        cause_en="The whole order came back before its draft invoice was processed: the draft was deleted.",
        cure_en="Nothing has to be done: there is nothing to invoice.",
    ),
}
