"""The commands: options in, tables or JSON out. Airflow is imported only by those that need it, since that takes seconds."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from include.cli import output
from include.cli.environment import CHOSEN, PROJECT, enter_airflow, remember
from include.cli.errors import errors
from include.cli.group import STATUSES, WRONG, Commands
from include.cli.options import AsJson, InLanguage, Language

app = typer.Typer(
    name="exactly",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=STATUSES,
)


app.add_typer(errors, name="errors", help="The error queue: what was refused and waits for a person. list, show, retry, dismiss, adopt.")


@app.callback()
def exactly(
    context: typer.Context,
    local_system: Annotated[Path | None, typer.Option(envvar=CHOSEN, help="Speak with the local system that runs in this folder.")] = None,
) -> None:
    """Books a company's documents in Exact Online exactly once.

    Commands speak with the Airflow that the environment names (AIRFLOW_HOME, AIRFLOW__...), or else with the local system of `make demo`.
    """
    context.obj = local_system
    remember(local_system)


@app.command(epilog="Example: exactly doctor --json | jq '.findings[] | select(.level != \"ok\")'")
def doctor(
    context: typer.Context,
    administrations: Annotated[Path | None, typer.Option(help="Folder of the administrations' files, to try others first.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask every part whether it works, and say what to do where it does not.

    Configuration, connections, our database, the webshop's views, Exact (reached, signed in, right company, calls left), mirror, Airflow.
    Costs one counted call per administration. Exit status 1 on a failure.
    """
    enter_airflow(context.obj)
    from include.checks.findings import has_failure
    from include.wiring.doctor import examine

    findings = list(examine(administrations))
    if as_json:
        output.print_json({"ok": not has_failure(findings), "findings": findings})
    else:
        output.console().print(output.findings_table(findings))
    if has_failure(findings):
        raise typer.Exit(WRONG)


@app.command(epilog="Example: exactly contract > our-views.md")
def contract(
    as_sql: Annotated[bool, typer.Option("--sql", help="As SQL: a template of the views, to fill in.")] = False,
) -> None:
    """Print which views the webshop's database must offer: each column, its type, unit and meaning, as Markdown."""
    from include.sources.contract_text import contract_markdown, contract_sql

    output.say((contract_sql() if as_sql else contract_markdown()).rstrip("\n"))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: exactly sandbox --port 8123 --minutely-limit 1200 --auto-consent",
)
def sandbox(context: typer.Context) -> None:
    """Start an Exact Online to try things on, at http://127.0.0.1:8123; Ctrl-C stops it.

    It has the limits, the sign-in, the error texts and the oddities of the real one, and three companies with books. Its pages show
    them, with buttons for faults, outages, the clock, periods, webhooks and reset, and how to test a client of your own: open the
    address in a browser.

    --host ADDRESS, --port NUMBER (0: a free one) · --minutely-limit, --daily-limit: calls allowed (60 and 5,000 in Exact) ·
    --seed NAME|PATH|NUMBER: its books, or the number that seeds faults and ids; may be given twice · --state FILE: keep the books ·
    --faults FILE: a YAML or JSON list of faults in force from the start · --auto-consent: sign in without a person ·
    --redirect-uri ADDRESS: where an app of yours gets its codes; may be given more than once ·
    --tls-certificate FILE, --tls-key FILE: serve HTTPS · --language NL|EN|FR: of every user · --time-scale K: K times faster · --verbose

    While it runs, /control does all that the buttons do: books of a million lines (history), save, load, reset. See
    include/sandbox/README.md.
    """
    os.chdir(PROJECT)
    os.execv(sys.executable, [sys.executable, "-m", "include.sandbox", *context.args])  # noqa: S606  our own program


@app.command(epilog="Example: exactly migrate")
def migrate(context: typer.Context) -> None:
    """Create our tables in the database of connection `exactly_store`, or bring them up to date."""
    enter_airflow(context.obj)
    from include.wiring import terminal

    output.say(f"The tables are up to date; the database belongs to environment {terminal.migrate()!r}.")


@app.command("sign-in", epilog="Example: exactly sign-in exact_uk")
def sign_in(
    context: typer.Context,
    connection: Annotated[str, typer.Argument(help="Id of the Airflow connection of type Exact Online.")],
    landed: Annotated[str, typer.Option(help="Address that the browser landed on, for scripts; without it you are asked.")] = "",
    automatic: Annotated[bool, typer.Option("--automatic", help="For a sandbox that consents by itself: no browser.")] = False,
) -> None:
    """Sign in with Exact once: open an address in a browser, consent, paste where you land.

    The pair of tokens is stored encrypted in our database, and renewed from then on. The page where the browser lands need not exist.
    """
    enter_airflow(context.obj)
    from include.wiring.terminal import begin_sign_in

    begun = begin_sign_in(connection)
    if automatic:
        landed = begun.consented()
    elif not landed:
        output.say(f"Open this address, sign in as the Exact user whom Exactly shall be, and consent:\n\n  {begun.address}\n")
        landed = typer.prompt("Then paste the address where the browser landed (within three minutes)")
    output.say(f"Signed in: {begun.finish(landed)}. Next: exactly doctor")


@app.command(epilog="Example: exactly status --language nl")
def status(context: typer.Context, language: InLanguage = Language.ENGLISH, as_json: AsJson = False) -> None:
    """Show where everything stands: documents by state, causes in words, open cases, calls left, what waits and since when."""
    enter_airflow(context.obj)
    from include.cli.show_status import show_status

    show_status(language=language.value, as_json=as_json)


@app.command(epilog="Example: exactly quota --language nl")
def quota(context: typer.Context, language: InLanguage = Language.ENGLISH, as_json: AsJson = False) -> None:
    """Show what is left of Exact's limits, who used it, and when what is planned will be through, per administration and flow."""
    enter_airflow(context.obj)
    from include.cli.show_quota import show_quota

    show_quota(language=language.value, as_json=as_json)


@app.command(epilog="Examples: exactly checks · exactly checks BE --now --language nl")
def checks(
    context: typer.Context,
    administration: Annotated[str | None, typer.Argument(help="Only this one.")] = None,
    now: Annotated[
        bool, typer.Option("--now", help="Read the short lists of master data anew and check: a few calls, some seconds.")
    ] = False,
    language: InLanguage = Language.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Show what the configuration names and Exact does not bear out: accounts, items, VAT codes, journals, currencies, periods.

    As it was found last; each with cause and cure. Exit status 1 when anything is wrong.
    """
    enter_airflow(context.obj)
    from include.cli.show_checks import show_checks

    if not show_checks(administration, now=now, language=language.value, as_json=as_json):
        raise typer.Exit(WRONG)


@app.command(epilog="Examples: exactly trace 536365 · exactly trace 26700001 --live --language nl")
def trace(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="The shop's number, the number in Exact, or the id of the document in Exact.")],
    live: Annotated[bool, typer.Option("--live", help="Ask Exact for the document too: one call.")] = False,
    language: InLanguage = Language.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Tell the whole story of a document: the shop's row, each event with who and why, the calls, the document in Exact.

    Exit status 1 when nobody knows the number, or when the history was tampered with.
    """
    enter_airflow(context.obj)
    from include.cli.show_trace import show_trace

    if not show_trace(number, live=live, language=language.value, as_json=as_json):
        raise typer.Exit(WRONG)


@app.command(epilog="Examples: exactly verify · exactly verify --since 2026-11-01 --until 2026-12-01 --json")
def verify(
    context: typer.Context,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of ordering; 31 days ago by default.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day after the last one; tomorrow by default.")] = None,
    refresh: Annotated[bool, typer.Option(help="Read Exact's documents anew first: two calls or a few more per administration.")] = True,
    as_json: AsJson = False,
) -> None:
    """Compare the shop, the outbox and Exact: is anything lost, duplicated or unexplained?

    I1 each document in Exact is ours once · I2 none twice · I3 each record of the shop has one fate · I4 amounts to the cent ·
    I5 sums per day · I6 no event changed. Exit status 1 on a failure; warnings are differences that explain themselves.
    """
    enter_airflow(context.obj)
    from include.cli.show_verify import days_between, show_verify

    if not show_verify(days_between(since, until), refresh=refresh, as_json=as_json):
        raise typer.Exit(WRONG)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Examples: exactly reconcile --language nl · exactly reconcile --since 2026-11-01 --until 2026-12-01 --xlsx november.xlsx",
)
def reconcile(context: typer.Context) -> None:
    """Compare the shop with Exact, to the cent, as each night does: each document that differs, its kind, and what mends it.

    Counts, net, VAT and gross by day, administration, VAT code, currency and type. Exit status 1 when a difference needs a person.

    --since DAY, --until DAY: days of ordering, the last one excluded; the last 32 days by default · --administration NAME: show only
    this one · --no-refresh: compare with Exact as it was read last · --csv FILE, --xlsx FILE: write what differs, and the totals ·
    --json: one object · --language nl
    """
    enter_airflow(context.obj)
    from include.cli.show_reconcile import reconcile_command

    if not reconcile_command(context.args):
        raise typer.Exit(WRONG)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: exactly fleet --orders 2000 --kills 80 --fault-rate 0.06 --seed 7 --json | tail -1 | jq .invariants",
)
def fleet(context: typer.Context) -> None:
    """Put the promise to the test: real processes on a PostgreSQL and a sandbox of their own, killed and frozen while calls fail.

    A checker that shares no code with the outbox judges I1 to I11. Exit status 1 when an invariant is violated.

    --orders N, --kills N: how many orders, and how many processes die on the way · --freezes N: how many stand still (SIGSTOP) and go
    on, a quarter of the kills by default · --fault-rate F: share of POSTs that fail, in six ways alike · --postgres-kills N,
    --sandbox-restarts N: how often they end at once · --clock-skew S: seconds that Exact's clock is off, at most · --seed N ·
    --time-scale K: by what every duration is divided · --longest S: seconds after which it ends, settled or not · --page FILE: where the
    page with charts goes · --json: one object, in one line · --controls: instead, twelve faults of design put in on purpose, and the
    invariant that catches each

    --airflow: instead, Airflow itself, on a system of its own: its parts and tasks are killed, runs cleared, marked, deleted and backfilled
    in the middle of sending. --rounds N, --orders N (per company and round), --seed N, --attacks NAME,NAME: these alone, --given-up S:
    seconds after which Airflow takes a silent task for dead, --keep FOLDER: where its logs go, --json
    """
    from include.cli.show_fleet import fleet_command

    if not fleet_command(context.args):
        raise typer.Exit(WRONG)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: exactly bench --orders 1000 --seed 7 --json | tail -1 | jq '.figures[] | {figure, values}'",
)
def bench(context: typer.Context) -> None:
    """Measure Exactly beside others: the same orders, the same faults, each as a task of Airflow with its retries; half an hour.

    Beside it: a client made with requests, the same looking before each POST, and the published package exactonline, unchanged. What
    became of the orders is read from the sandbox's books alone. Exit status 1 when ours doubles or loses an order or hears 429.

    --orders N, --seed N, --fault-rate F: share of POSTs that fail · --time-scale K: by what every duration is divided · --retry-delay S:
    Airflow's, for the others · --limiter-minutes N: how long sixteen processes want to call · --fleet-orders N, --fleet-kills N: of the run
    that measures how soon work resumes · --markdown: as the README has it · --json: one object, in one line
    """
    from include.cli.show_bench import bench_command

    if not bench_command(context.args):
        raise typer.Exit(WRONG)


@app.command("accept-database", epilog="Example: exactly accept-database")
def accept_database(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    restored: Annotated[
        bool, typer.Option("--restored", help="It was restored, although nothing shows it: a disk or a machine was put back.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a restored, moved or copied database this environment's own, on purpose.

    Until then it neither signs in nor books. Afterwards everything unsent looks in Exact before it is sent, and somebody signs in anew.
    """
    enter_airflow(context.obj)
    from include.cli.show_accept import show_accept

    show_accept(yes=yes, restored=restored, as_json=as_json)
