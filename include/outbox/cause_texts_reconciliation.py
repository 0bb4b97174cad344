"""Differences between the shop and Exact, as the nightly reconciliation tells them; the subject is the day."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_RECONCILIATION = {
    "reconciliation_missing": CauseText(
        cause_nl="De webshop heeft op {subject} documenten die niet in Exact staan, en waarvan niemand iets weet.",
        cure_nl="Boek ze: start orders_to_invoices (of returns_to_credit_notes) met hun nummers. De volgende aansluiting sluit dit geval.",
        cause_en="The shop has documents of {subject} that do not stand in Exact, and that nobody knows of.",
        cure_en=(
            "Book them: start orders_to_invoices (or returns_to_credit_notes) with their numbers. The next reconciliation closes this case."
        ),
    ),
    "reconciliation_not_sent": CauseText(
        cause_nl="Deze documenten van {subject} zijn nog niet verstuurd, of wachten in een ander geval op een mens.",
        cure_nl="Werk die gevallen af; wat alleen nog onderweg is, komt vanzelf.",
        cause_en="These documents of {subject} were not sent yet, or wait for a person in another case.",
        cure_en="Work off those cases; what is only on its way comes by itself.",
    ),
    "reconciliation_duplicate": CauseText(
        cause_nl="Documenten van {subject} staan dubbel in Exact.",
        cure_nl="Verwijder in Exact het exemplaar dat er te veel is, of crediteer het als het verwerkt is.",
        cause_en="Documents of {subject} stand in Exact more than once.",
        cure_en="Delete in Exact the one that is too many, or credit it if it is processed.",
    ),
    "reconciliation_amount": CauseText(
        cause_nl="Bij documenten van {subject} wijkt het bedrag in Exact af van dat van de webshop.",
        cure_nl=("Vergelijk beide. Geldt de webshop, laat het document dan crediteren en opnieuw boeken. Anders: wijs af met de reden."),
        cause_en="The amount of documents of {subject} is another one in Exact than in the shop.",
        cure_en=("Compare both. If the shop is to count, have the document credited and booked anew. Else dismiss it with the reason."),
    ),
    "reconciliation_vat": CauseText(
        cause_nl="Bij documenten van {subject} wijkt de btw in Exact af van wat de webshop in rekening bracht.",
        cure_nl="Kijk naar de btw-code in Exact en in het bestand van de administratie; crediteer en boek opnieuw.",
        cause_en="The VAT of documents of {subject} is another one in Exact than what the shop charged.",
        cure_en="Look at the VAT code in Exact and in the administration's file; credit it and book it anew.",
    ),
    "reconciliation_wrong_administration": CauseText(
        cause_nl="Documenten van {subject} staan in een andere administratie dan waar ze horen.",
        cure_nl="Crediteer of verwijder ze daar, en boek ze hier. Klopt de plaats wel, pas dan de landen in de bestanden aan.",
        cause_en="Documents of {subject} stand in another administration than the one where they belong.",
        cure_en="Credit or delete them there, and book them here. If the place is right, change the countries in the files.",
    ),
    "reconciliation_edited": CauseText(
        cause_nl="Iemand heeft documenten van {subject} in Exact gewijzigd of verwijderd nadat ze geboekt waren.",
        cure_nl="Zet ze in Exact terug zoals de webshop ze heeft, of wijs af met de reden als de wijziging klopt.",
        cause_en="Somebody changed or deleted documents of {subject} in Exact after they were booked.",
        cure_en="Put them back in Exact as the shop has them, or dismiss them with the reason if the change is right.",
    ),
    "reconciliation_by_hand": CauseText(
        cause_nl="In het verkoopdagboek staan documenten van {subject} die met de hand zijn gemaakt; de webshop kent ze niet.",
        cure_nl=(
            "Is het een verkoop buiten de webshop om, wijs dan af met die reden. Hoort het bij een bestelling, zet dan haar nummer "
            "als referentie in het document."
        ),
        cause_en="The sales journal holds documents of {subject} that were made by hand; the shop does not know them.",
        cure_en=(
            "If it is a sale outside the shop, dismiss it with that reason. If it belongs to an order, write its number into the "
            "document as reference."
        ),
    ),
    "reconciliation_dismissed": CauseText(
        cause_nl="Deze documenten van {subject} zijn bewust niet geboekt: iemand wees ze af met een reden, of een regel deed het.",
        cure_nl="U hoeft niets te doen; de reden staat bij het document.",
        cause_en="These documents of {subject} were left out on purpose: somebody dismissed them with a reason, or a rule did.",
        cure_en="Nothing has to be done; the document's page has the reason.",
    ),
    "reconciliation_rounding": CauseText(
        cause_nl="Centen die ontstaan doordat Exact de btw per regel of per document afrondt, op {subject}.",
        cure_nl="U hoeft niets te doen.",
        cause_en="Cents that come of Exact rounding VAT by line or by document, on {subject}.",
        cure_en="Nothing has to be done.",
    ),
}
