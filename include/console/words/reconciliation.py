"""Words of the page of the reconciliation, of its files and of the command."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "nav.reconciliation": ("Aansluiting", "Reconciliation"),
    "reconciliation.title": ("Aansluiting webshop en Exact", "Reconciliation of shop and Exact"),
    "reconciliation.light.ok": ("Sluit aan", "Agrees"),
    "reconciliation.light.warning": ("Sluit aan, op wat nog wacht na", "Agrees, but for what still waits"),
    "reconciliation.light.failure": ("Sluit niet aan", "Does not agree"),
    "reconciliation.light.none": ("Nog niet vergeleken", "Not compared yet"),
    "reconciliation.says.ok": (
        "Het ene document van {span} sluit aan, tot op de cent.|Alle {count} documenten van {span} sluiten aan, tot op de cent.",
        "The one document of {span} agrees, to the cent.|All {count} documents of {span} agree, to the cent.",
    ),
    "reconciliation.says.dismissed": (
        (
            "{agreeing} van de {count} documenten van {span} sluiten aan, tot op de cent; {number} is bewust niet geboekt."
            "|{agreeing} van de {count} documenten van {span} sluiten aan, tot op de cent; {number} zijn bewust niet geboekt."
        ),
        (
            "{agreeing} of {count} documents of {span} agree, to the cent; {number} was left out on purpose."
            "|{agreeing} of {count} documents of {span} agree, to the cent; {number} were left out on purpose."
        ),
    ),
    "reconciliation.says.empty": ("Er zijn geen documenten van {span}.", "There are no documents of {span}."),
    "reconciliation.says.warning": (
        (
            "{agreeing} van de {count} documenten van {span} sluiten aan, tot op de cent; {number} wacht nog."
            "|{agreeing} van de {count} documenten van {span} sluiten aan, tot op de cent; {number} wachten nog."
        ),
        (
            "{agreeing} of {count} documents of {span} agree, to the cent; {number} still waits."
            "|{agreeing} of {count} documents of {span} agree, to the cent; {number} still wait."
        ),
    ),
    "reconciliation.says.failure": (
        (
            "{agreeing} van de {count} documenten van {span} sluiten aan; over {number} verschil moet iemand beslissen."
            "|{agreeing} van de {count} documenten van {span} sluiten aan; over {number} verschillen moet iemand beslissen."
        ),
        (
            "{agreeing} of {count} documents of {span} agree; {number} difference needs a person."
            "|{agreeing} of {count} documents of {span} agree; {number} differences need a person."
        ),
    ),
    "reconciliation.says.none": (
        "De Dag nightly_reconciliation vergelijkt elke nacht; u kunt hieronder ook zelf dagen laten vergelijken.",
        "The Dag nightly_reconciliation compares each night; you may have days compared below as well.",
    ),
    "reconciliation.rounded": (
        "{number} document wijkt af door afronding; dat is verklaard:|{number} documenten wijken af door afronding; dat is verklaard:",
        "{number} document is off by rounding, which is explained:|{number} documents are off by rounding, which is explained:",
    ),
    "reconciliation.dismissed": (
        "{number} document is bewust niet geboekt:|{number} documenten zijn bewust niet geboekt:",
        "{number} document was left out on purpose:|{number} documents were left out on purpose:",
    ),
    "reconciliation.compared": ("Vergeleken op {at}", "Compared at {at}"),
    "reconciliation.seen": ("Exact gelezen", "Exact as read"),
    "reconciliation.one_day": ("{day}", "{day}"),
    "reconciliation.days": ("{first} tot en met {last}", "{first} to {last}"),
    "reconciliation.administration": ("Administratie", "Administration"),
    "reconciliation.all": ("alle", "all"),
    "reconciliation.first_day": ("Eerste dag", "First day"),
    "reconciliation.last_day": ("Laatste dag", "Last day"),
    "reconciliation.show": ("Toon", "Show"),
    "reconciliation.compare": ("Vergelijk deze dagen opnieuw", "Compare these days again"),
    "reconciliation.compare.first": ("Vergelijk deze dagen", "Compare these days"),
    "reconciliation.compare.asked": (
        "De vergelijking van {span} is gestart. Deze pagina toont haar zodra zij klaar is; laad de pagina over een minuut opnieuw.",
        "The comparison of {span} was started. This page shows it when it is done; load the page again in a minute.",
    ),
    "reconciliation.compare.refused": ("Airflow startte de vergelijking niet: {why}", "Airflow did not start the comparison: {why}"),
    "reconciliation.compare.wrong": ("De eerste dag moet vóór de laatste liggen.", "The first day must lie before the last one."),
    "reconciliation.not_compared": (
        "Geen vergelijking bevat al deze dagen. Laat ze vergelijken, of kies een eerdere vergelijking hieronder.",
        "No comparison holds all of these days. Have them compared, or choose an earlier comparison below.",
    ),
    "reconciliation.download.csv": ("CSV", "CSV"),
    "reconciliation.download.xlsx": ("Excel", "Excel"),
    "reconciliation.download": ("Opslaan als", "Save as"),
    "reconciliation.chart": ("Documenten per dag", "Documents per day"),
    "reconciliation.chart.about": ("Naar de besteldag, en of beide kanten aansluiten", "By day of ordering, and whether both sides agree"),
    "reconciliation.chart.table": ("Als tabel", "As a table"),
    "reconciliation.chart.day": ("Dag", "Day"),
    "reconciliation.chart.none": ("Op deze dagen waren er geen documenten.", "There were no documents on these days."),
    "reconciliation.standing.agree": ("sluit aan", "agree"),
    "reconciliation.standing.rounded": ("afronding", "rounding"),
    "reconciliation.standing.dismissed": ("afgewezen", "dismissed"),
    "reconciliation.standing.not_sent": ("wacht nog", "still wait"),
    "reconciliation.standing.differ": ("verschilt", "differ"),
    "reconciliation.kinds": ("Verschillen naar soort", "Differences by kind"),
    "reconciliation.kinds.none": ("Er zijn geen verschillen.", "There are no differences."),
    "reconciliation.kind": ("Soort", "Kind"),
    "reconciliation.kind.missing": ("Ontbreekt in Exact", "Missing in Exact"),
    "reconciliation.kind.not_sent": ("Nog niet verstuurd, of in een geval", "Not sent yet, or in a case"),
    "reconciliation.kind.duplicate": ("Dubbel", "Duplicate"),
    "reconciliation.kind.amount": ("Ander bedrag", "Another amount"),
    "reconciliation.kind.vat": ("Andere btw", "Other VAT"),
    "reconciliation.kind.wrong_administration": ("Verkeerde administratie", "Wrong administration"),
    "reconciliation.kind.edited": ("Door iemand gewijzigd of verwijderd", "Changed or deleted by a person"),
    "reconciliation.kind.by_hand": ("Met de hand gemaakt in Exact", "Made by hand in Exact"),
    "reconciliation.kind.rounding": ("Afronding", "Rounding"),
    "reconciliation.kind.dismissed": ("Afgewezen: bewust niet geboekt", "Dismissed: left out on purpose"),
    "reconciliation.documents": ("Documenten", "Documents"),
    "reconciliation.what_to_do": ("Wat u doet", "What to do"),
    "reconciliation.sum": ("Exact min webshop", "Exact less shop"),
    "reconciliation.day": ("Dag", "Day"),
    "reconciliation.number": ("Nummer", "Number"),
    "reconciliation.type": ("Soort document", "Type"),
    "reconciliation.type.sale": ("verkoop", "sale"),
    "reconciliation.type.credit": ("credit", "credit"),
    "reconciliation.currency": ("Valuta", "Currency"),
    "reconciliation.vat_code": ("Btw-code", "VAT code"),
    "reconciliation.shop": ("Webshop", "Shop"),
    "reconciliation.exact": ("Exact", "Exact"),
    "reconciliation.difference": ("Verschil", "Difference"),
    "reconciliation.net": ("netto", "net"),
    "reconciliation.vat": ("btw", "VAT"),
    "reconciliation.gross": ("bruto", "gross"),
    "reconciliation.state": ("Stand", "State"),
    "reconciliation.cause": ("Oorzaak", "Cause"),
    "reconciliation.in_exact": ("In Exact", "In Exact"),
    "reconciliation.case": ("Geval", "Case"),
    "reconciliation.record": ("Verhaal", "Story"),
    "reconciliation.decided": ("besloten: {reason}", "decided: {reason}"),
    "reconciliation.nothing_there": ("staat er niet", "not there"),
    "reconciliation.totals": ("Totalen van beide kanten", "Totals of both sides"),
    "reconciliation.runs": ("Eerdere vergelijkingen", "Earlier comparisons"),
    "reconciliation.runs.at": ("Op", "At"),
    "reconciliation.runs.days": ("Dagen", "Days"),
    "reconciliation.runs.started_by": ("Gestart", "Started"),
    "reconciliation.runs.differences": ("Verschillen", "Differences"),
    "reconciliation.started.scheduled": ("vannacht", "by night"),
    "reconciliation.started.manual": ("met de hand", "by hand"),
    "reconciliation.started.backfill": ("backfill", "backfill"),
    "reconciliation.started.terminal": ("terminal", "terminal"),
    "reconciliation.more": ("Volgende {number}", "Next {number}"),
    "reconciliation.sheet.summary": ("Samenvatting", "Summary"),
    "reconciliation.sheet.differences": ("Verschillen", "Differences"),
    "reconciliation.sheet.days": ("Per dag", "Per day"),
    "reconciliation.sheet.vat_codes": ("Per btw-code", "Per VAT code"),
}
