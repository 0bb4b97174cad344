"""The commands `exactly errors …`: the error queue of Airflow, from a terminal."""

from __future__ import annotations

import getpass
from typing import Annotated
from uuid import UUID

import typer

from include.cli.environment import enter_airflow, remembered
from include.cli.group import WRONG
from include.cli.options import AsJson, InLanguage, Language
from include.cli.periods import WithPeriod, in_current_period

errors = typer.Typer(
    name="errors",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Example: exactly errors list --language nl",
    context_settings={"help_option_names": ["-h", "--help"]},
)

CaseId = Annotated[str, typer.Argument(help="Id of the case, such as UK:unknown_relation:17850.")]
By = Annotated[
    str, typer.Option(default_factory=getpass.getuser, show_default="the user of this terminal", help="Who decides; stands in the history.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def _enter() -> None:
    enter_airflow(remembered())


@errors.command("list", epilog="Example: exactly errors list --language nl")
def list_(language: InLanguage = Language.ENGLISH, as_json: AsJson = False) -> None:
    """List the open cases, with cause and cure. Exit status 1 when anything waits."""
    _enter()
    from include.cli.show_errors import show_list

    if show_list(language=language.value, as_json=as_json):
        raise typer.Exit(WRONG)


@errors.command(epilog="Example: exactly errors show UK:unknown_relation:17850")
def show(case: CaseId, language: InLanguage = Language.ENGLISH, as_json: AsJson = False) -> None:
    """Show a case: cause, cure, and each record with its facts and where to find it."""
    _enter()
    from include.cli.show_errors import show_case

    show_case(case, language=language.value, as_json=as_json)


@errors.command(
    cls=WithPeriod,
    epilog="Examples: exactly errors retry UK:unknown_relation:17850 --all-with-cause · "
    "exactly errors retry BE:closed_period:2026-09 --in-current-period",
)
def retry(
    case: CaseId,
    by: By,
    all_with_cause: Annotated[bool, typer.Option("--all-with-cause", help="All open cases of this cause, whatever it is about.")] = False,
    language: InLanguage = Language.ENGLISH,
    as_json: AsJson = False,
) -> None:
    """Send the records of a case again, one first; what is accepted is booked, and a case with nothing left is closed.

    Clears the case's square in Airflow when Airflow is reached, as a click there does. Exit status 1 when records are left.

    --in-current-period: documents of a closed period are booked today instead; the choice is kept with each of them.
    """
    _enter()
    from include.cli.show_errors import Saying, show_retry

    if show_retry(case, by, Saying(language.value, as_json), all_with_cause=all_with_cause, in_current_period=in_current_period()):
        raise typer.Exit(WRONG)


@errors.command(epilog="Example: exactly errors dismiss 536365 --reason 'a test order'")
def dismiss(
    what: Annotated[str, typer.Argument(metavar="CASE|NUMBER", help="A case with all its records, or one record by the shop's number.")],
    reason: Annotated[str, typer.Option(help="Why nothing is to be booked; stands in the history.")],
    by: By,
    yes: Yes = False,
    language: InLanguage = Language.ENGLISH,
) -> None:
    """Do without records, for a reason: they are never booked. The last one closes its case and turns its square green."""
    _enter()
    from include.cli.show_errors import Decision, show_dismiss

    show_dismiss(what, Decision(by, yes, language.value), reason)


@errors.command(epilog="Example: exactly errors note 536365 'its VAT number comes tomorrow'")
def note(
    what: Annotated[str, typer.Argument(metavar="CASE|NUMBER", help="A case, or one record by the shop's number.")],
    text: Annotated[str, typer.Argument(help="What your colleagues should know; stands in the history.")],
    by: By,
    language: InLanguage = Language.ENGLISH,
) -> None:
    """Keep a note with a case or with a record that waits; the console and `exactly trace` show it."""
    _enter()
    from include.cli.show_errors import Decision, show_note

    show_note(what, Decision(by, True, language.value), text)


@errors.command(epilog="Example: exactly errors rebook 536365")
def rebook(
    number: Annotated[str, typer.Argument(help="The shop's number of the order.")],
    by: By,
    yes: Yes = False,
    language: InLanguage = Language.ENGLISH,
) -> None:
    """Credit what stands in Exact for an order that changed since, and book it anew as the shop has it now.

    For documents that are processed: drafts are replaced by themselves. An order that was cancelled is only credited.
    """
    _enter()
    from include.cli.show_errors import Decision, show_rebook

    show_rebook(number, Decision(by, yes, language.value))


@errors.command(epilog="Example: exactly errors adopt 536365 5f3c0e0a-8f0e-4e57-9d8f-0c9f3b0c1a11")
def adopt(
    number: Annotated[str, typer.Argument(help="The shop's number.")],
    exact_id: Annotated[UUID, typer.Argument(metavar="EXACT_ID", help="Id of the document in Exact.")],
    by: By,
    yes: Annotated[bool, typer.Option("--yes", help="Although it carries another reference.")] = False,
    language: InLanguage = Language.ENGLISH,
) -> None:
    """Match a refused record with a document that stands in Exact already: it counts as booked. Costs one call, which looks at it."""
    _enter()
    from include.cli.show_errors import Decision, show_adopt

    show_adopt(number, exact_id, Decision(by, yes, language.value))


@errors.command("book-again", epilog="Example: exactly errors book-again 536365")
def book_again(
    number: Annotated[str, typer.Argument(help="The shop's number.")],
    by: By,
    language: InLanguage = Language.ENGLISH,
) -> None:
    """Book a document once more that somebody deleted in Exact, as the shop has it now; its case closes."""
    _enter()
    from include.cli.show_errors import Decision, show_book_again

    show_book_again(number, Decision(by, True, language.value))
