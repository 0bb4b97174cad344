"""Words around every page of the console: navigation, ages, errors, keys."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "frame.name": ("Exact", "Exact"),
    "frame.skip": ("Naar de inhoud", "Skip to content"),
    "frame.navigation": ("Onderdelen", "Sections"),
    "frame.language": ("Taal", "Language"),
    "frame.role.viewer": ("meekijker", "viewer"),
    "frame.role.operator": ("behandelaar", "operator"),
    "frame.role.administrator": ("beheerder", "administrator"),
    "frame.away": (
        "De server antwoordt niet. Kijk zo meteen op deze pagina of het gelukt is.",
        "The server does not answer. Look at this page in a moment to see whether it was done.",
    ),
    "frame.close": ("Sluiten", "Close"),
    "frame.keys": ("Toetsen", "Keys"),
    "frame.keys.search": ("zoeken", "search"),
    "frame.keys.move": ("volgende, vorige regel", "next, previous row"),
    "frame.keys.open": ("regel openen", "open the row"),
    "frame.keys.help": ("deze uitleg", "this help"),
    "frame.keys.escape": ("sluiten", "close"),
    "nav.open": ("Te doen", "Open"),
    "age.seconds": ("zojuist", "just now"),
    "age.minutes": ("{number} min", "{number} min"),
    "age.hours": ("{number} uur", "{number} h"),
    "age.days": ("{number} dag|{number} dagen", "{number} day|{number} days"),
    "error.anonymous": ("U bent niet aangemeld", "You are not signed in"),
    "error.anonymous.cure": (
        "Uw aanmelding bij Airflow ontbreekt of is verlopen. Meld u aan en open deze pagina opnieuw.",
        "Your sign-in with Airflow is missing or has expired. Sign in and open this page again.",
    ),
    "error.sign_in": ("Aanmelden", "Sign in"),
    "error.forbidden": ("Hiervoor hebt u een andere rol nodig", "This needs another role"),
    "error.forbidden.role": ("Nodig is de rol {role}.", "It needs the role {role}."),
    "error.forbidden.viewer": (
        "Wie in Airflow de runs van de Dag attention mag zien, mag meekijken.",
        "Whoever may see the runs of the Dag attention in Airflow may look.",
    ),
    "error.forbidden.operator": (
        "Wie in Airflow taken van de Dag attention mag wijzigen, mag behandelen.",
        "Whoever may edit task instances of the Dag attention in Airflow may act.",
    ),
    "error.forbidden.administrator": (
        "Wie in Airflow verbindingen mag wijzigen, mag beheren.",
        "Whoever may edit connections in Airflow may administer.",
    ),
    "error.forbidden.ask": ("Vraag het aan wie Airflow beheert.", "Ask whoever administers Airflow."),
    "error.foreign": ("Deze opdracht kwam niet van deze pagina", "This request did not come from this page"),
    "error.foreign.cure": (
        "Er is niets gewijzigd. Open de pagina opnieuw en probeer het daar.",
        "Nothing was changed. Open the page again and try it there.",
    ),
    "error.missing": ("Deze pagina bestaat niet", "There is no such page"),
    "error.missing.cure": (
        "Misschien is het geval intussen afgehandeld, of is het adres niet goed overgenomen.",
        "Perhaps the case was settled meanwhile, or the address was not copied whole.",
    ),
    "error.refused": ("Dit kan niet", "This cannot be done"),
    "error.input": ("De invoer klopt niet", "The input is not right"),
    "error.input.cure": ("Niet goed: {fields}.", "Not right: {fields}."),
    "error.away": ("De databank antwoordt niet", "The database does not answer"),
    "error.away.cure": (
        "Er gaat niets verloren. Probeer het over een paar seconden opnieuw; blijft het zo, waarschuw dan de beheerder.",
        "Nothing is lost. Try again in a few seconds; if it stays like this, tell the administrator.",
    ),
    "error.away.detail": ("Wat het systeem zegt: {reason}", "What the system says: {reason}"),
    "error.set_up": ("De inrichting is niet compleet", "The set-up is not complete"),
    "error.broken": ("Hier ging iets mis", "Something went wrong here"),
    "error.broken.cure": (
        "Het staat in het logboek van Airflows webserver. Probeer het opnieuw; blijft het zo, waarschuw dan de beheerder.",
        "The log of Airflow's web server has it. Try again; if it stays like this, tell the administrator.",
    ),
}
