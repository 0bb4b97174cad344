"""Words of the tab on a task instance's page in Airflow."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "task.title": ("Wat deze taak deed", "What this task did"),
    "task.nothing": (
        "Deze taak heeft geen documenten geboekt of geweigerd gekregen.",
        "This task booked no documents, and none were refused.",
    ),
    "task.administration": ("Administratie", "Administration"),
    "task.number": ("Nummer", "Number"),
    "task.what": ("Wat", "What"),
    "task.day": ("Datum", "Date"),
    "task.total": ("Bedrag", "Amount"),
    "task.outcome": ("Resultaat", "Outcome"),
    "task.why": ("Waarom", "Why"),
    "task.changed": ("intussen gewijzigd", "changed since"),
    "task.left_out": (
        "Nog {number} document staat er niet bij.|Nog {number} documenten staan er niet bij.",
        "{number} more document is not listed.|{number} more documents are not listed.",
    ),
    "task.state.posted": ("geboekt", "booked"),
    "task.state.planned": ("nog te verzenden", "to be sent"),
    "task.state.sending": ("onderweg", "on its way"),
    "task.state.unknown": ("uitkomst onbekend", "outcome unknown"),
    "task.state.dead_letter": ("geweigerd", "refused"),
    "task.state.dismissed": ("niet te boeken", "not to be booked"),
    "task.state.gone": ("in Exact verwijderd", "deleted in Exact"),
    "task.effect.sale": ("verkoop", "sale"),
    "task.effect.credit": ("creditering", "credit"),
    "task.effect.account": ("relatie", "relation"),
    "task.effect.contact": ("contactpersoon", "contact"),
    "task.effect.address": ("adres", "address"),
    "task.effect.delete": ("verwijdering", "deletion"),
    "task.effect.reverse": ("tegenboeking", "reversal"),
    "task.effect.change": ("wijziging", "change"),
    "task.effect.other": ("document", "document"),
}
