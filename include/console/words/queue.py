"""Words of the queue: what is open, waiting, done."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "queue.open.title": ("Te doen", "Open"),
    "queue.open.nothing": (
        "Niets te doen. Alles is geboekt of wacht op zijn beurt.",
        "Nothing to do. All is booked, or waits for its turn.",
    ),
    "queue.open.cause": ("Oorzaak", "Cause"),
    "queue.open.cure": ("Oplossing", "Cure"),
    "queue.open.administration": ("Administratie", "Administration"),
    "queue.open.records": ("Documenten", "Documents"),
    "queue.open.age": ("Open sinds", "Open since"),
}
