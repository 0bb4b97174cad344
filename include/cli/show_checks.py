"""The command `checks`: what the mapping checks found, with cause and cure."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from include.administrations.loader import Administrations, load_administrations
from include.checks.mapping_page import Checked
from include.cli import output
from include.outbox.causes import Language
from include.wiring import terminal


def show_checks(name: str | None, *, now: bool, language: Language, as_json: bool) -> bool:
    """Show the verdicts, or give them anew; says whether nothing is wrong."""
    administrations = load_administrations()
    names = [administrations[name].name] if name else [each.name for each in administrations]
    checks = list(_checked_now(names, administrations) if now else _checked_last(names))
    if as_json:
        output.print_json({each.name: _plain(each, language) for each in checks})
    else:
        _print(checks, language, unknown=[each for each in names if each not in {checked.name for checked in checks}])
    return not any(each.findings for each in checks)


def _checked_now(names: list[str], administrations: Administrations) -> Iterator[Checked]:
    for name in names:
        with terminal.command_run(name, administrations) as run:
            yield run.mapping.check_anew()


def _checked_last(names: list[str]) -> Iterator[Checked]:
    return (each for each in terminal.last_checks() if each.name in names)


def _print(checks: list[Checked], language: Language, unknown: list[str]) -> None:
    console = output.console()
    for each in checks:
        if not each.findings:
            output.say(f"{each.name}, checked {output.moment(each.at)}: nothing is wrong.")
            continue
        shown = output.table(
            "finding", "named by", "affects", "what it means", "what to do", title=f"{each.name}, {output.moment(each.at)}"
        )
        for finding in each.findings:
            cause, cure = finding.told(language)
            shown.add_row(str(finding), finding.keys, "everything" if finding.stops else "what needs it", Text(cause), Text(cure))
        console.print(shown)
    for name in unknown:
        output.say(f"{name} was not checked yet: exactly checks {name} --now")


def _plain(checked: Checked, language: Language) -> dict[str, object]:
    findings = [{**finding.stored(), "says": finding.told(language)[0], "cure": finding.told(language)[1]} for finding in checked.findings]
    return {"checked_at": checked.at, "findings": findings}
