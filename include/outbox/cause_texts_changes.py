"""Why a document that stands in Exact was not changed along with its order, or is not the order's document any more."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_CHANGES = {
    "changed_in_exact": CauseText(
        cause_nl=(
            "De bestelling {subject} is in de webshop gewijzigd, maar iemand heeft de conceptfactuur in Exact ook gewijzigd. "
            "Er is niets overschreven; de verschillen staan bij dit geval."
        ),
        cure_nl=(
            "Vergelijk beide. Mag de webshop gelden, verwijder dan het concept in Exact of zet het terug, en probeer het opnieuw. "
            "Moet Exact blijven zoals het is, wijs dit geval dan af."
        ),
        cause_en=(
            "Order {subject} was changed in the shop, but somebody changed the draft invoice in Exact as well. Nothing was "
            "overwritten; the differences stand in this case."
        ),
        cure_en=(
            "Compare both. If the shop is to count, delete the draft in Exact or set it back, and retry. If Exact is to stay as it is, "
            "dismiss this case."
        ),
    ),
    "changed_after_processing": CauseText(
        cause_nl=(
            "De bestelling {subject} is in de webshop gewijzigd nadat het document in Exact verwerkt was. Wat in de boeken staat, "
            "wordt niet vanzelf veranderd."
        ),
        cure_nl=(
            "Geldt wat de webshop nu zegt, kies dan crediteren en opnieuw boeken. Moet het blijven zoals het geboekt is, "
            "wijs dit geval dan af met de reden."
        ),
        cause_en=(
            "Order {subject} was changed in the shop after its document was processed in Exact. What is in the books is not "
            "changed by itself."
        ),
        cure_en=(
            "If what the shop says now is to count, credit it and book it anew. If it is to stay as it was booked, dismiss this case "
            "with the reason."
        ),
    ),
    "replaced": CauseText(
        cause_nl="De bestelling is gewijzigd; een nieuw document heeft dit vervangen.",
        cure_nl="U hoeft niets te doen.",
        cause_en="The order was changed; a newer document took the place of this one.",
        cure_en="Nothing has to be done.",
    ),
    "as_booked": CauseText(
        cause_nl="De bestelling zegt weer wat er al in Exact staat; de wijziging is niet meer nodig.",
        cure_nl="U hoeft niets te doen.",
        cause_en="The order says again what stands in Exact already; the change is not needed any more.",
        cure_en="Nothing has to be done.",
    ),
    "awaited_given_up": CauseText(
        cause_nl="Dit wacht op {subject}, waarvan niet bekend is of het geboekt werd, en dat is afgewezen.",
        cure_nl="Zoek {subject} in Exact op. Boek dit dan met de hand, of wijs het ook af.",
        cause_en="This waits for {subject}, of which nobody knows whether it was booked, and that was dismissed.",
        cure_en="Look {subject} up in Exact. Then book this by hand, or dismiss it as well.",
    ),
    "credited_instead": CauseText(
        cause_nl="Het document kon niet meer worden verwijderd en is in plaats daarvan gecrediteerd.",
        cure_nl="U hoeft niets te doen.",
        cause_en="The document could not be deleted any more and was credited instead.",
        cure_en="Nothing has to be done.",
    ),
}
