"""Words of the page of connections: sign-ins with Exact, who uses them, what people do with them."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "nav.connections": ("Verbindingen", "Connections"),
    "connections.title": ("Verbindingen met Exact", "Connections to Exact"),
    "connections.nothing": ("Geen enkele administratie gebruikt een verbinding.", "No administration uses a connection."),
    "connections.look_only": (
        "U kunt hier meekijken. Aanmelden, testen en intrekken doet wie in Airflow verbindingen mag wijzigen.",
        "You may look here. Signing in, testing and revoking is for those who may edit connections in Airflow.",
    ),
    "connections.standing.ok": ("Aangemeld", "Signed in"),
    "connections.standing.idle": ("Aangemeld, weinig gebruikt", "Signed in, hardly used"),
    "connections.standing.lapsed": ("Aanmelding vervallen", "Sign-in lapsed"),
    "connections.standing.needs_consent": ("Opnieuw aanmelden", "Sign in again"),
    "connections.standing.revoked": ("Ingetrokken", "Revoked"),
    "connections.standing.never": ("Nog niet aangemeld", "Not signed in yet"),
    "connections.standing.broken": ("Niet goed ingericht", "Not set up right"),
    "connections.means.ok": (
        "Exact laat Exactly toe. Het toegangsbewijs vernieuwt zichzelf.",
        "Exact lets Exactly in. The token renews itself.",
    ),
    "connections.means.idle": (
        "Exact laat Exactly nog toe, maar niemand gebruikt de verbinding. Kijk of de Dag token_keepalive loopt.",
        "Exact still lets Exactly in, but nobody uses the connection. See whether the Dag token_keepalive runs.",
    ),
    "connections.means.lapsed": (
        "Een maand lang gebruikte niemand de verbinding; Exact laat Exactly niet meer toe. Meld opnieuw aan.",
        "Nobody used the connection for a month; Exact lets Exactly in no longer. Sign in again.",
    ),
    "connections.means.needs_consent": (
        "Exact laat Exactly niet meer toe. Meld opnieuw aan; wat wacht, gaat daarna vanzelf verder.",
        "Exact lets Exactly in no longer. Sign in again; what waits goes on by itself.",
    ),
    "connections.means.revoked": (
        "{who} heeft de aanmelding hier ingetrokken. Er gaat niets meer naar Exact tot iemand opnieuw aanmeldt.",
        "{who} revoked the sign-in here. Nothing goes to Exact until somebody signs in again.",
    ),
    "connections.means.never": (
        "Meld één keer aan als de Exact-gebruiker onder wiens naam Exactly boekt.",
        "Sign in once as the Exact user under whose name Exactly books.",
    ),
    "connections.means.broken": (
        "De verbinding in Airflow kan zo niet gebruikt worden.",
        "The connection in Airflow cannot be used like this.",
    ),
    "connections.since": ("Sinds", "Since"),
    "connections.exact_says": ("Exact zegt", "Exact says"),
    "connections.waits": (
        "{number} document wacht op deze verbinding.|{number} documenten wachten op deze verbinding.",
        "{number} document waits for this connection.|{number} documents wait for this connection.",
    ),
    "connections.waits.none": ("Er wacht niets op deze verbinding.", "Nothing waits for this connection."),
    "connections.signed_in": ("Aangemeld op", "Signed in on"),
    "connections.signed_in.by": ("{at} door {who}", "{at} by {who}"),
    "connections.renewed": ("Laatst vernieuwd", "Last renewed"),
    "connections.renews": ("Vernieuwt weer", "Renews again"),
    "connections.renews.value": ("bij de eerste aanroep na {at}", "with the first call after {at}"),
    "connections.lapses": ("Vervalt zonder gebruik", "Lapses without use"),
    "connections.lapses.value": ("over {number} dag|over {number} dagen", "in {number} day|in {number} days"),
    "connections.secret": ("Clientgeheim", "Client secret"),
    "connections.secret.value": (
        "vervalt over {number} dag|vervalt over {number} dagen",
        "expires in {number} day|expires in {number} days",
    ),
    "connections.secret.over": ("is vervallen: zet het nieuwe in Airflow", "has expired: put the new one into Airflow"),
    "connections.host": ("Adres van Exact", "Exact's address"),
    "connections.client": ("Client ID", "Client ID"),
    "connections.redirect": ("Redirect-URI", "Redirect URI"),
    "connections.uses": ("Administraties", "Administrations"),
    "connections.use.administration": ("Administratie", "Administration"),
    "connections.use.company": ("Bedrijf in Exact", "Company in Exact"),
    "connections.use.expected": ("Verwacht", "Expected"),
    "connections.use.seen": ("In Exact", "In Exact"),
    "connections.use.registration": ("Registratie", "Registration"),
    "connections.use.vat": ("Btw-nummer", "VAT number"),
    "connections.use.verdict": ("Controle", "Check"),
    "connections.use.limits": ("Limieten", "Limits"),
    "connections.use.waiting": ("Wacht", "Waiting"),
    "connections.use.read": ("gelezen {at}", "read {at}"),
    "connections.use.oldest": ("oudste {at}", "oldest {at}"),
    "connections.mode.book": ("boekt", "books"),
    "connections.mode.observe": ("kijkt mee", "observes"),
    "connections.mode.off": ("staat uit", "is off"),
    "connections.verdict.fits": ("klopt", "as expected"),
    "connections.verdict.wrong": ("klopt niet: er wordt niets geboekt", "not as expected: nothing is booked"),
    "connections.verdict.hidden": ("niet zichtbaar voor deze Exact-gebruiker", "not visible to this Exact user"),
    "connections.verdict.unknown": ("nog niet gelezen", "not read yet"),
    "connections.limits.value": ("{minute} per minuut, nog {left} van {day} vandaag", "{minute} a minute, {left} of {day} left today"),
    "connections.limits.unknown": ("noemde Exact nog niet", "not told by Exact yet"),
    "connections.limits.paused": ("Exact vraagt rust tot {at}", "Exact asks to be left alone until {at}"),
    "connections.acts": ("Wie wat deed", "Who did what"),
    "connections.act.begin_sign_in": ("begon met aanmelden", "began to sign in"),
    "connections.act.sign_in": ("meldde aan bij Exact", "signed in with Exact"),
    "connections.act.test": ("testte de verbinding", "tested the connection"),
    "connections.act.revoke": ("trok de aanmelding in", "revoked the sign-in"),
    "connections.act.failed": ("mislukt", "failed"),
    "connections.act.touched": ("Deze regel is achteraf gewijzigd.", "This line was changed afterwards."),
    "connections.do.sign_in": ("Aanmelden bij Exact…", "Sign in with Exact…"),
    "connections.do.test": ("Testen", "Test"),
    "connections.do.revoke": ("Intrekken…", "Revoke…"),
    "connections.do.cancel": ("Annuleren", "Cancel"),
    "connections.sign_in.title": ("Aanmelden bij Exact: {connection}", "Sign in with Exact: {connection}"),
    "connections.sign_in.about": (
        (
            "U gaat naar {host}. Meld daar aan als de Exact-gebruiker onder wiens naam Exactly moet boeken, en geef toestemming voor"
            " {administrations}."
        ),
        "You are going to {host}. Sign in there as the Exact user under whose name Exactly is to book, and consent for {administrations}.",
    ),
    "connections.sign_in.within": (
        "Dit kan {minutes} minuten lang, één keer, in deze browser.",
        "This works for {minutes} minutes, once, in this browser.",
    ),
    "connections.sign_in.comes_back": (
        "Daarna brengt Exact u terug naar {redirect}. Dat adres moet letterlijk zo bij de app in Exacts App Centre staan.",
        "Exact then brings you back to {redirect}. The app in Exact's App Centre must have that address, to the letter.",
    ),
    "connections.sign_in.goes_elsewhere": (
        (
            "Deze verbinding stuurt de browser daarna naar {redirect}. Kopieer het adres van de pagina waar u uitkomt, ook als die niet"
            " bestaat, en plak het hieronder. Dit moet binnen drie minuten."
        ),
        (
            "This connection then sends the browser to {redirect}. Copy the address of the page where you land, even if there is no such"
            " page, and paste it below. Do it within three minutes."
        ),
    ),
    "connections.sign_in.register": (
        "Wilt u niet plakken? Zet {callback} als redirect-URI bij de app in Exact en in de verbinding in Airflow.",
        "To do without pasting, make {callback} the redirect URI of the app in Exact and of the connection in Airflow.",
    ),
    "connections.sign_in.go": ("Naar Exact", "Go to Exact"),
    "connections.sign_in.landed": ("Adres waar u uitkwam", "Address where you landed"),
    "connections.sign_in.finish": ("Aanmelden afronden", "Finish signing in"),
    "connections.revoke.title": ("Aanmelding intrekken: {connection}", "Revoke the sign-in: {connection}"),
    "connections.revoke.about": (
        (
            "Exactly vergeet de toegangsbewijzen van deze verbinding. Daarna leest en boekt het niets meer voor {administrations} tot"
            " iemand opnieuw aanmeldt. Wat wacht, blijft bewaard."
        ),
        (
            "Exactly forgets the tokens of this connection. It then reads and books nothing more for {administrations} until somebody signs"
            " in again. What waits is kept."
        ),
    ),
    "connections.revoke.exact": (
        "Het recht zelf staat in Exact: verwijder het daar in het App Centre, onder Mijn apps.",
        "The right itself is in Exact: remove it there, in the App Centre under My apps.",
    ),
    "connections.revoke.do": ("Intrekken", "Revoke"),
    "connections.told.signed_in": (
        "{connection} is aangemeld bij Exact. Wat wachtte, gaat vanzelf verder.",
        "{connection} is signed in with Exact. What waited goes on by itself.",
    ),
    "connections.told.close": ("U kunt dit tabblad sluiten.", "You may close this tab."),
    "connections.told.tested": (
        "{connection} werkt: Exact is bereikt en laat Exactly toe.",
        "{connection} works: Exact was reached and lets Exactly in.",
    ),
    "connections.told.revoked": (
        "De aanmelding van {connection} is ingetrokken. Verwijder het recht ook in Exacts App Centre.",
        "The sign-in of {connection} is revoked. Remove the right in Exact's App Centre too.",
    ),
    "connections.fault": ("Het is niet gelukt", "It did not work"),
    "connections.fault.needs_consent": ("Er moet iemand aanmelden bij Exact.", "Somebody must sign in with Exact."),
    "connections.fault.not_signed_in": (
        "Exact kent de aanmelding niet meer. Meld opnieuw aan.",
        "Exact does not know the sign-in any more. Sign in again.",
    ),
    "connections.fault.not_reached": (
        "Exact is niet bereikt. Controleer in Airflow het adres, de poort, de proxy en de certificaten van de verbinding.",
        "Exact was not reached. Check address, port, proxy and certificates of the connection in Airflow.",
    ),
    "connections.fault.app_refused": (
        "Exact kent de app niet. Controleer client ID en clientgeheim in Airflow; is het geheim vervallen, maak dan in Exact een nieuw.",
        "Exact does not know the app. Check client ID and client secret in Airflow; if the secret has expired, make a new one in Exact.",
    ),
    "connections.fault.sign_in_failed": (
        (
            "Exact nam de aanmelding niet aan. Begin opnieuw; een code leeft drie minuten en werkt één keer. Blijft het zo, controleer dan"
            " clientgeheim en redirect-URI."
        ),
        (
            "Exact did not take the sign-in. Start again; a code lives for three minutes and works once. If it stays like this, check"
            " client secret and redirect URI."
        ),
    ),
    "connections.fault.sign_in_refused": (
        "In Exact is geen toestemming gegeven. Begin opnieuw en geef toestemming.",
        "No consent was given in Exact. Start again and consent.",
    ),
    "connections.fault.sign_in_foreign": (
        "Deze aanmelding is niet in deze browser begonnen, is al gebruikt of duurde te lang. Begin hier opnieuw.",
        "This sign-in was not begun in this browser, was used already, or took too long. Start again here.",
    ),
    "connections.fault.sign_in_without_code": (
        "In dit adres staat geen code. Plak het hele adres van de pagina waar u uitkwam.",
        "There is no code in this address. Paste the whole address of the page where you landed.",
    ),
    "connections.fault.missing_connection": (
        "Deze verbinding bestaat niet in Airflow. Voeg haar daar toe, onder Admin, Connections.",
        "There is no such connection in Airflow. Add it there, under Admin, Connections.",
    ),
    "connections.fault.connection_incomplete": (
        "De verbinding in Airflow is niet compleet: vul client ID, clientgeheim en redirect-URI in.",
        "The connection in Airflow is not complete: fill in client ID, client secret and redirect URI.",
    ),
    "connections.fault.foreign_host": (
        "Het adres in de verbinding is niet van Exact.",
        "The address in the connection is not Exact's.",
    ),
    "connections.fault.host_malformed": (
        "Het adres in de verbinding klopt niet: alleen een naam, zoals start.exactonline.nl.",
        "The address in the connection is not right: a name alone, such as start.exactonline.nl.",
    ),
    "connections.fault.no_tls": ("De verbinding moet https gebruiken.", "The connection must use https."),
    "connections.fault.tls_not_verified": (
        "Certificaten worden altijd gecontroleerd: geef bij verify het pad van een certificatenbestand op.",
        "Certificates are always verified: give the path of a file of certificates as verify.",
    ),
    "connections.fault.no_fernet_key": (
        "Airflow heeft geen Fernet-sleutel; zonder sleutel zouden toegangsbewijzen leesbaar worden opgeslagen.",
        "Airflow has no Fernet key; without it tokens would be stored readable.",
    ),
    "connections.fault.tokens_unreadable": (
        "De bewaarde toegangsbewijzen horen bij een andere Fernet-sleutel. Geef Airflow die sleutel terug, of meld opnieuw aan.",
        "The stored tokens belong to another Fernet key. Give Airflow that key again, or sign in anew.",
    ),
    "connections.fault.foreign_environment": (
        "Deze databank hoort bij een andere omgeving; die houdt de aanmelding.",
        "This database belongs to another environment, which keeps the sign-in.",
    ),
    "connections.fault.away": (
        "Exact of onze databank antwoordt nu niet. Er is niets gewijzigd; probeer het straks opnieuw.",
        "Exact or our database does not answer now. Nothing was changed; try again later.",
    ),
    "connections.fault.other": (
        "De inrichting klopt niet ({code}). Het logboek van Airflows webserver zegt meer; exactly doctor noemt de oplossing.",
        "The set-up is not right ({code}). The log of Airflow's web server says more; exactly doctor names the cure.",
    ),
}
