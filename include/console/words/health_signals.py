"""Sentences of the light: what is the matter, and what to do about it."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "health.signal.sign_in_needed": (
        (
            "{subject}: er moet iemand aanmelden bij Exact; 1 document wacht daarop."
            "|{subject}: er moet iemand aanmelden bij Exact; {number} documenten wachten daarop."
        ),
        (
            "{subject}: somebody must sign in with Exact; 1 document waits for it."
            "|{subject}: somebody must sign in with Exact; {number} documents wait for it."
        ),
    ),
    "health.signal.sign_in_needed.cure": (
        "Meld aan op de pagina Verbindingen. Wat wacht, gaat daarna vanzelf verder.",
        "Sign in on the page Connections. What waits goes on by itself.",
    ),
    "health.signal.sign_in_missing": (
        "{subject}: er moet iemand aanmelden bij Exact.",
        "{subject}: somebody must sign in with Exact.",
    ),
    "health.signal.sign_in_missing.cure": (
        "Meld aan op de pagina Verbindingen.",
        "Sign in on the page Connections.",
    ),
    "health.signal.sign_in_idle": (
        (
            "{subject}: de aanmelding bij Exact vervalt over 1 dag als niemand haar gebruikt."
            "|{subject}: de aanmelding bij Exact vervalt over {number} dagen als niemand haar gebruikt."
        ),
        (
            "{subject}: the sign-in with Exact lapses in 1 day unless it is used."
            "|{subject}: the sign-in with Exact lapses in {number} days unless it is used."
        ),
    ),
    "health.signal.sign_in_idle.cure": (
        "Kijk waarom de Dag token_keepalive niet loopt.",
        "See why the Dag token_keepalive does not run.",
    ),
    "health.signal.posts_stopped": (
        "{subject}: Exact bevestigt niets meer, daarom wordt er niets verstuurd.",
        "{subject}: Exact confirms nothing any more, so nothing is sent.",
    ),
    "health.signal.posts_stopped.cure": (
        "Het gaat vanzelf verder zodra Exact weer antwoordt. Duurt het langer dan een uur: kijk of Exact een storing meldt.",
        "It goes on by itself when Exact answers again. If it lasts for more than an hour, see whether Exact reports an outage.",
    ),
    "health.signal.unknown_long": (
        (
            "{subject}: van 1 verstuurd document is al {age} onbekend of Exact het heeft."
            "|{subject}: van {number} verstuurde documenten is al {age} onbekend of Exact ze heeft."
        ),
        (
            "{subject}: for {age} it has not been known whether Exact has a document that was sent."
            "|{subject}: for {age} it has not been known whether Exact has {number} documents that were sent."
        ),
    ),
    "health.signal.unknown_long.cure": (
        "Kijk of de Dag unknown_outcomes loopt en of de aanmelding bij Exact klopt. Er wordt niets dubbel verstuurd.",
        "See whether the Dag unknown_outcomes runs and somebody is signed in with Exact. Nothing is sent twice.",
    ),
    "health.signal.waiting_long": (
        "{subject}: 1 document wacht al {age}.|{subject}: {number} documenten wachten, het oudste al {age}.",
        "{subject}: 1 document has waited for {age}.|{subject}: {number} documents wait, the oldest for {age}.",
    ),
    "health.signal.waiting_long.cure": (
        "Kijk hieronder of de stroom loopt; een rode run noemt zijn oorzaak aan het eind van zijn logboek.",
        "See below whether the flow runs; a red run names its cause at the end of its log.",
    ),
    "health.signal.mirror_missing": (
        "{subject}: er is nog niets uit Exact gelezen.",
        "{subject}: nothing was read from Exact yet.",
    ),
    "health.signal.mirror_missing.cure": ("Start de Dag mirror_refresh.", "Trigger the Dag mirror_refresh."),
    "health.signal.mirror_old": (
        "{subject}: de spiegel van Exact is {age} oud ({entity}).",
        "{subject}: the mirror of Exact is {age} old ({entity}).",
    ),
    "health.signal.mirror_old.cure": (
        "Kijk waarom de Dag mirror_refresh niet loopt. Er wordt ondertussen geboekt met wat er van Exact bekend is.",
        "See why the Dag mirror_refresh does not run. Booking goes on meanwhile with what is known of Exact.",
    ),
    "health.signal.refused_often": (
        "{subject}: {number} van {documents} documenten zijn in 24 uur geweigerd ({share}).",
        "{subject}: {number} of {documents} documents were refused within 24 hours ({share}).",
    ),
    "health.signal.refused_often.cure": (
        "Begin bij Te doen met de oorzaak die de meeste documenten raakt.",
        "Under Open, begin with the cause that most documents share.",
    ),
    "health.signal.calls_scarce": (
        "{subject}: nog {number} van {limit} aanroepen vandaag; om {until} komen er nieuwe.",
        "{subject}: {number} of {limit} calls are left today; more come at {until}.",
    ),
    "health.signal.calls_scarce.cure": (
        "Stel het nalezen van eerdere periodes uit, en kijk wie deze app nog meer gebruikt.",
        "Put off past windows, and see who else uses this app.",
    ),
    "health.signal.calls_used_up": (
        "{subject}: de {limit} aanroepen van vandaag zijn op; om {until} gaat het vanzelf verder.",
        "{subject}: today's {limit} calls are used up; it goes on by itself at {until}.",
    ),
    "health.signal.calls_used_up.cure": (
        "U hoeft niets te doen. Gebeurt dit vaker: vraag Exact om een hogere limiet.",
        "There is nothing to do. If it happens often, ask Exact for a higher limit.",
    ),
    "health.signal.strangers": (
        "{subject}: een ander programma gebruikte {number} van de {limit} aanroepen van vandaag.",
        "{subject}: another program used {number} of today's {limit} calls.",
    ),
    "health.signal.strangers.cure": (
        "Geef dat programma een eigen app in Exact, met een eigen limiet.",
        "Give that program an app of its own in Exact, with a limit of its own.",
    ),
    "health.signal.slow": (
        "{subject}: het duurt tot {age} voor een wijziging uit de webwinkel in Exact staat.",
        "{subject}: it takes up to {age} until a change in the shop is in Exact.",
    ),
    "health.signal.slow.cure": (
        "Kijk hieronder of de stromen elk uur lopen en of de aanroepen toereikend zijn.",
        "See below whether the flows run each hour and whether the calls suffice.",
    ),
    "health.signal.to_do": (
        "{subject}: 1 document wacht al {age} op een mens.|{subject}: {number} documenten wachten op een mens, het oudste al {age}.",
        "{subject}: 1 document has waited for a person for {age}.|{subject}: {number} documents wait for a person, the oldest for {age}.",
    ),
    "health.signal.to_do.cure": ("Werk ze af bij Te doen.", "Work them off under Open."),
    "health.signal.run_failed": ("{subject} is {age} geleden mislukt.", "{subject} failed {age} ago."),
    "health.signal.run_failed.cure": (
        "Open de rode run in Airflow: het eind van het logboek noemt oorzaak en oplossing. Kies daarna Clear.",
        "Open the red run in Airflow: the end of its log names cause and cure. Then clear it.",
    ),
    "health.signal.run_late": (
        "{subject} had {age} geleden moeten beginnen.",
        "{subject} should have begun {age} ago.",
    ),
    "health.signal.run_late.cure": (
        "Kijk of de scheduler van Airflow draait (Airflow, startpagina: Health).",
        "See whether Airflow's scheduler runs (Airflow, home page: Health).",
    ),
    "health.signal.dag_paused": ("{subject} staat op pauze.", "{subject} is paused."),
    "health.signal.dag_paused.cure": (
        "Zet de Dag in Airflow aan, tenzij iemand hem met opzet stilzette.",
        "Switch the Dag on in Airflow, unless somebody stopped it on purpose.",
    ),
}
