"""Words of what a person does about what waits: another try, dismissal, adoption, another period, notes."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "acts.cancel": ("Annuleren", "Cancel"),
    "acts.number": ("{number} document|{number} documenten", "{number} document|{number} documents"),
    "acts.all": (
        "alles met deze oorzaak ({number})",
        "all with this cause ({number})",
    ),
    # Another try.
    "acts.retry": ("Opnieuw proberen", "Try again"),
    "acts.retry.what": (
        "Wordt opnieuw gelezen en naar Exact verzonden: {what}. Eén document gaat vooruit; wordt dat geweigerd, dan blijft de rest staan.",
        "Is read and sent to Exact anew: {what}. One document goes first; if it is refused, the others stay where they are.",
    ),
    "acts.retry.twice": (
        "Wat al in Exact staat, wordt nooit dubbel geboekt.",
        "What stands in Exact already is never booked twice.",
    ),
    "acts.retry.pace": ("Documenten per minuut", "Documents a minute"),
    "acts.retry.pace.why": (
        "Gewoonlijk {pace}: de helft van wat Exact toestaat, zodat de lopende boekingen en uw collega's door kunnen.",
        "Usually {pace}: half of what Exact allows, so that today's bookings and your colleagues can go on.",
    ),
    "acts.retry.asked": (
        "Wordt opnieuw geprobeerd: {number} document, {pace} per minuut.|Wordt opnieuw geprobeerd: {number} documenten, {pace} per minuut.",
        "Is tried again: {number} document, {pace} a minute.|Are tried again: {number} documents, {pace} a minute.",
    ),
    "acts.retry.known": (
        "{by} vroeg dit al om {at}: {done} van {total} geprobeerd, {posted} geboekt.",
        "{by} asked for this already at {at}: {done} of {total} tried, {posted} booked.",
    ),
    "acts.retry.nothing": (
        "Hier is niets meer om opnieuw te proberen: iemand was u voor, of het is intussen geboekt.",
        "Nothing here is left to try again: somebody was first, or it has been booked meanwhile.",
    ),
    "acts.retry.away": (
        "Uw opdracht is bewaard; Airflow antwoordt nu niet ({why}). Zij begint vanzelf binnen tien minuten, of als u daar haar taak wist.",
        "Your order is kept; Airflow does not answer now ({why}). It begins by itself within ten minutes, or when you clear its task.",
    ),
    "acts.retry.busy": (
        "Airflow is al met dit geval bezig; uw opdracht wordt daarna uitgevoerd.",
        "Airflow is at work on this case already; your order is carried out after that.",
    ),
    # How far it is.
    "acts.progress": ("Voortgang", "Progress"),
    "acts.progress.waits": ("{by} vroeg hierom om {at}; het begint zo.", "{by} asked for this at {at}; it begins in a moment."),
    "acts.progress.runs": (
        "{by} vroeg hierom om {at}; {pace} documenten per minuut.",
        "{by} asked for this at {at}; {pace} documents a minute.",
    ),
    "acts.progress.rests": (
        "Wacht tot {at}: meer laat Exact nu niet toe. Daarna gaat het vanzelf verder.",
        "Rests until {at}: Exact allows no more now. It goes on by itself after that.",
    ),
    "acts.progress.stalled": (
        "Al {age} zonder vooruitgang. De taak is misschien afgebroken; binnen tien minuten gaat een andere vanzelf verder waar deze was.",
        "No progress for {age}. Its task may have been killed; within ten minutes another one goes on by itself where it was.",
    ),
    "acts.progress.counts": (
        "{done} van {total} geprobeerd: {posted} geboekt, {refused} weer geweigerd.",
        "{done} of {total} tried: {posted} booked, {refused} refused again.",
    ),
    "acts.progress.done": ("Klaar. {by} vroeg hierom om {at}.", "Done. {by} asked for this at {at}."),
    "acts.progress.canary_refused": (
        "Het eerste document werd weer geweigerd. De andere zijn niet verzonden: herstel eerst de oorzaak.",
        "The first document was refused again. The others were not sent: mend the cause first.",
    ),
    "acts.progress.stopped": (
        "Gestopt door {by}. De rest bleef zoals het was.",
        "Stopped by {by}. The others stayed as they were.",
    ),
    "acts.progress.failed": ("Niet gelukt: {why}", "It did not work: {why}"),
    "acts.progress.withdrawn": ("Ingetrokken: Airflow weigerde de opdracht.", "Withdrawn: Airflow refused the order."),
    "acts.stop": ("Stoppen", "Stop"),
    "acts.stop.asked": (
        "Stopt na de documenten die nu onderweg zijn.",
        "It stops after the documents that are on their way now.",
    ),
    "acts.stop.nothing": ("Er was niets meer te stoppen.", "There was nothing left to stop."),
    # Doing without.
    "acts.dismiss": ("Afwijzen", "Dismiss"),
    "acts.dismiss.what": (
        "Wordt nooit geboekt: {what}. Dit staat met uw naam en reden in de geschiedenis.",
        "Is never booked: {what}. The history keeps your name and reason.",
    ),
    "acts.dismiss.reason": ("Reden", "Reason"),
    "acts.dismiss.done": (
        "{number} document afgewezen.|{number} documenten afgewezen.",
        "{number} document dismissed.|{number} documents dismissed.",
    ),
    "acts.lost": ("{ref} was al {state} ({by}, {at}).", "{ref} was {state} already ({by}, {at})."),
    "acts.state.planned": ("ingepland", "planned"),
    "acts.state.sending": ("onderweg naar Exact", "on its way to Exact"),
    "acts.state.unknown": ("verzonden, antwoord nog onbekend", "sent, its answer still unknown"),
    "acts.state.posted": ("geboekt", "booked"),
    "acts.state.dead_letter": ("onder een andere oorzaak", "under another cause"),
    "acts.state.dismissed": ("afgewezen", "dismissed"),
    "acts.state.gone": ("verwijderd in Exact", "deleted in Exact"),
    "acts.closed": ("Het geval is gesloten: er wacht niets meer.", "The case is closed: nothing waits any more."),
    "acts.closed.away": (
        "Het blokje in Airflow wordt binnen tien minuten groen ({why}).",
        "The square in Airflow turns green within ten minutes ({why}).",
    ),
    # A document that stands in Exact already.
    "acts.adopt": ("Koppelen aan een document in Exact", "Match with a document in Exact"),
    "acts.adopt.what": (
        "Staat deze verkoop al in Exact, bijvoorbeeld omdat een collega het heeft ingevoerd? Dan geldt dat document als geboekt.",
        "Does this sale stand in Exact already, for example because a colleague typed it in? Then that document counts as booked.",
    ),
    "acts.adopt.which": (
        "Nummer van het document in Exact, of het adres van zijn pagina daar",
        "Number of the document in Exact, or the address of its page there",
    ),
    "acts.adopt.look": ("Bekijken", "Look"),
    "acts.adopt.beside": ("Is dit hetzelfde document?", "Is this the same document?"),
    "acts.adopt.ours": ("Wat wij zouden boeken", "What we would book"),
    "acts.adopt.theirs": ("Wat in Exact staat", "What stands in Exact"),
    "acts.adopt.reference": ("Referentie", "Reference"),
    "acts.adopt.currency": ("Valuta", "Currency"),
    "acts.adopt.total": ("Bedrag incl. btw", "Amount incl. VAT"),
    "acts.adopt.vat": ("Btw", "VAT"),
    "acts.adopt.date": ("Datum", "Date"),
    "acts.adopt.number": ("Nummer", "Number"),
    "acts.adopt.differs": ("verschilt", "differs"),
    "acts.adopt.other": (
        "Dit document draagt een andere referentie. Koppel het alleen als u zeker weet dat het dezelfde verkoop is.",
        "This document carries another reference. Match it only if you are sure that it is the same sale.",
    ),
    "acts.adopt.unequal": (
        "De bedragen verschillen. Na het koppelen boekt Exactly het verschil niet bij.",
        "The amounts differ. Exactly does not book the difference after matching.",
    ),
    "acts.adopt.yes": ("Ja, koppelen", "Yes, match"),
    "acts.adopt.done": ("{ref} hoort nu bij document {document} in Exact.", "{ref} belongs to document {document} in Exact now."),
    # Another period.
    "acts.period": ("Boeken in de huidige periode", "Book in the current period"),
    "acts.period.what": (
        "De periode is in Exact afgesloten. Wordt op de datum van vandaag geboekt: {what}. De eigen datum komt in de omschrijving.",
        "The period is closed in Exact. Is booked on today's date: {what}. Its own date goes into the description.",
    ),
    "acts.period.done": ("Krijgt de boekingsdatum {day}.", "Gets the entry date {day}."),
    # Notes.
    "acts.note": ("Notitie", "Note"),
    "acts.note.text": ("Wat u en uw collega's hierover moeten weten", "What you and your colleagues should know about this"),
    "acts.note.keep": ("Bewaren", "Keep"),
    "acts.note.done": ("Notitie bewaard.", "Note kept."),
    # Credited and booked anew; booked once more.
    "acts.rebook": ("Crediteren en opnieuw boeken", "Credit and book anew"),
    "acts.rebook.what": (
        "Wat van {ref} in Exact staat, wordt volledig gecrediteerd, en wat de webshop nu zegt opnieuw geboekt.",
        "What stands in Exact of {ref} is credited in full, and what the shop says now is booked anew.",
    ),
    "acts.book_again": ("Nog een keer boeken", "Book once more"),
    "acts.book_again.what": (
        "{ref} is in Exact verwijderd. Het wordt nog een keer geboekt, zoals de webshop het nu heeft.",
        "{ref} was deleted in Exact. It is booked once more, as the shop has it now.",
    ),
    # What cannot be done.
    "acts.refused": ("Dit kan niet", "This cannot be done"),
    "acts.refused.no_reason": ("Schrijf op waarom dit niet geboekt hoeft te worden.", "Write down why this need not be booked."),
    "acts.refused.no_note": ("De notitie is leeg.", "The note is empty."),
    "acts.refused.too_long": ("De tekst is te lang ({subject} tekens).", "The text is too long ({subject} characters)."),
    "acts.refused.no_pace": ("Een tempo is 1 tot 6000 documenten per minuut.", "A pace is from 1 to 6000 documents a minute."),
    "acts.refused.waits_no_more": (
        "{subject} wacht niet meer: een collega of een volgende poging was u voor. Vernieuw de pagina.",
        "{subject} does not wait any more: a colleague or another try was first. Reload the page.",
    ),
    "acts.refused.unknown_record": ("Dit document bestaat niet.", "There is no such document."),
    "acts.refused.unknown_case": ("Dit geval bestaat niet.", "There is no such case."),
    "acts.refused.more_joined": (
        "Intussen kwamen er {subject} documenten bij. Bekijk die eerst; er is nog niets afgewezen.",
        "Meanwhile {subject} documents joined. Look at them first; nothing has been dismissed yet.",
    ),
    "acts.refused.no_closed_period": (
        "Alleen documenten van een afgesloten periode kunnen in de huidige worden geboekt.",
        "Only documents of a closed period can be booked in the current one.",
    ),
    "acts.refused.document_taken": (
        "Dit document hoort al bij een andere bestelling.",
        "This document belongs to another order already.",
    ),
    "acts.refused.not_adopted": ("{subject} wacht niet meer: iemand was u voor.", "{subject} does not wait any more: somebody was first."),
    "acts.refused.nothing_to_adopt": (
        "{subject} wacht niet meer, dus er is niets te koppelen.",
        "{subject} does not wait any more, so that there is nothing to match.",
    ),
    "acts.refused.no_such_document": (
        "In deze administratie heeft Exact geen document {subject}.",
        "Exact has no document {subject} in this administration.",
    ),
    "acts.refused.several_documents": (
        "Exact heeft meer documenten met nummer {subject}. Neem het adres van de pagina van het juiste.",
        "Exact has several documents of number {subject}. Take the address of the right one's page.",
    ),
    "acts.refused.no_document_named": (
        "Vul het nummer van het document in, of plak het adres van zijn pagina in Exact.",
        "Fill in the number of the document, or paste the address of its page in Exact.",
    ),
    "acts.refused.cannot_be_mapped": (
        "Van {subject} is niet bekend wat het zou boeken: herstel eerst de oorzaak, of wijs het af en noem het document in de reden.",
        "It is not known what {subject} would book: mend the cause first, or dismiss it and name the document in the reason.",
    ),
    "acts.refused.not_deleted": ("{subject} is niet in Exact verwijderd.", "{subject} was not deleted in Exact."),
    "acts.refused.airflow_refuses": (
        "Airflow staat u niet toe om taken van de Dag attention te wissen. Vraag het aan wie Airflow beheert.",
        "Airflow does not let you clear tasks of the Dag attention. Ask whoever administers Airflow.",
    ),
}
