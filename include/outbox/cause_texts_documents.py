"""What became of documents in Exact after they were booked, and what stood there before."""

from __future__ import annotations

from include.outbox.cause_words import CauseText

TEXTS_OF_DOCUMENTS = {
    "deleted_in_exact": CauseText(
        cause_nl="Iemand heeft het document van {subject} in Exact verwijderd nadat het geboekt was.",
        cure_nl=(
            "Beslis: nog een keer boeken, of afwijzen met een reden. Tot dan blijft dit geval rood; alleen opnieuw proberen boekt niets."
        ),
        cause_en="Somebody deleted the document of {subject} in Exact after it was booked.",
        cure_en=("Decide: book it once more, or dismiss it with a reason. Until then this case stays red; retrying alone books nothing."),
    ),
    "already_in_exact": CauseText(
        cause_nl="In Exact staat al een document met uw referentie {subject}, maar relatie, valuta of bedrag is anders dan in de webshop.",
        cure_nl=(
            "Is het dezelfde verkoop, koppel het dan aan dat document, of wijs de order af. Zo niet, verander dan Uw ref. van "
            "dat document en probeer het opnieuw."
        ),
        cause_en="A document with Your ref. {subject} stands in Exact already, but relation, currency or amount differ from the shop's.",
        cure_en=(
            "If it is the same sale, match it with that document, or dismiss the order. If not, change Your ref. of that document "
            "and retry."
        ),
    ),
    "two_documents": CauseText(
        cause_nl="Van {subject} staan in Exact twee documenten met ons kenmerk; het is dus dubbel geboekt.",
        cure_nl=(
            "Verwijder in Exact het document dat in de gegevens `another` heet. Het geval sluit dan binnen twee uur vanzelf. Zijn beide "
            "bedoeld, wijs het geval dan af met een reden."
        ),
        cause_en="Two documents of {subject} with our mark stand in Exact: it was booked twice.",
        cure_en=(
            "Delete in Exact the document that the facts call `another`. The case then closes by itself within two hours. If both are "
            "meant, dismiss the case with a reason."
        ),
    ),
}
