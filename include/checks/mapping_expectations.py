"""The mapping checks' questions as expectations of Great Expectations, and its answers as findings.

Importing this module takes seconds: only who has a check to make does it. Nothing is sent to anybody: usage statistics are off, and the
context lives in memory. The Data Docs are files; a browser that opens them loads styles from elsewhere.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import great_expectations as gx
import pandas as pd
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.expectations.core.expect_column_pair_values_to_be_equal import ExpectColumnPairValuesToBeEqual
from great_expectations.expectations.core.expect_column_pair_values_to_be_in_set import ExpectColumnPairValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_be_in_set import ExpectColumnValuesToBeInSet
from great_expectations.expectations.core.expect_column_values_to_not_be_in_set import ExpectColumnValuesToNotBeInSet
from great_expectations.expectations.core.expect_column_values_to_not_be_null import ExpectColumnValuesToNotBeNull
from great_expectations.expectations.expectation import Expectation

from include.checks.mapping_findings import MappingFinding
from include.checks.mapping_pairs import Pair
from include.exact.types import CUSTOMER, NO_SALES, SALES_JOURNAL

SITE = "mapping_checks"
SHOWN = ["code", "keys", "stops"]
# With VAT an amount excludes it (E) or includes it (I); without, a code may also be base only (B) or none (N) (FACTS 6.7).
FITTING_VAT_TYPES = [(True, "E"), (True, "I"), (False, "E"), (False, "I"), (False, "B"), (False, "N")]

Expectations = list[Expectation]


def judge(tables: Mapping[str, Sequence[Pair]], docs: Path | None = None) -> list[MappingFinding]:
    """Judge all tables and return what is wrong, what stops the administration first; `docs`: write the Data Docs into this folder."""
    context = gx.get_context(mode="ephemeral", project_config=_quiet(docs))
    source = context.data_sources.add_pandas("configuration and mirror")
    found: dict[str, MappingFinding] = {}
    for name, expectations in _questions().items():
        if rows := tables.get(name):
            batch = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("all")
            suite = context.suites.add(gx.ExpectationSuite(name=name, expectations=expectations))
            asked = context.validation_definitions.add(gx.ValidationDefinition(name=name, data=batch, suite=suite))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answer = asked.run(
                    batch_parameters={"dataframe": pd.DataFrame(rows, dtype=object)},
                    result_format={"result_format": "COMPLETE", "unexpected_index_column_names": SHOWN},
                )
            for finding in _findings(answer.results):
                found.setdefault(str(finding), finding)
    if docs is not None:
        context.build_data_docs(site_names=[SITE])
    return sorted(found.values(), key=lambda finding: (not finding.stops, str(finding)))


def must_exist(code: str) -> Expectation:
    """Exact has it."""
    return ExpectColumnValuesToNotBeNull(column="in_exact", meta={"code": code})


def must_be_among(code: str, column: str, wanted: list[object]) -> Expectation:
    return ExpectColumnValuesToBeInSet(column=column, value_set=wanted, meta={"code": code})


def must_not_be_among(code: str, column: str, unwanted: list[object]) -> Expectation:
    return ExpectColumnValuesToNotBeInSet(column=column, value_set=unwanted, meta={"code": code})


def must_equal(code: str, column: str, other: str) -> Expectation:
    return ExpectColumnPairValuesToBeEqual(column_A=column, column_B=other, ignore_row_if="either_value_is_missing", meta={"code": code})


def must_fit(code: str, column: str, other: str, fitting: Sequence[tuple[object, object]]) -> Expectation:
    """The two values are one of the fitting pairs."""
    return ExpectColumnPairValuesToBeInSet(
        column_A=column, column_B=other, value_pairs_set=list(fitting), ignore_row_if="either_value_is_missing", meta={"code": code}
    )


def _questions() -> dict[str, Expectations]:
    """Made anew for each check: a suite takes its expectations for itself."""
    return {
        "division": [
            must_exist("division_not_granted"),
            must_equal("wrong_company", "registration", "wanted_registration"),
            must_equal("wrong_company", "vat_number", "wanted_vat_number"),
            must_equal("wrong_division_currency", "currency", "wanted_currency"),
            must_be_among("division_blocked", "blocking", [0]),
        ],
        "journals": [
            must_exist("unknown_journal"),
            must_be_among("journal_wrong_type", "type", [SALES_JOURNAL]),
            must_be_among("journal_blocked", "blocked", [False]),
            must_be_among("journal_wrong_currency", "takes_currency", [True]),
        ],
        "currencies": [must_exist("missing_exchange_rate")],
        "periods": [must_exist("missing_period"), must_be_among("current_period_closed", "closed", [False])],
        "gl_accounts": [
            must_exist("missing_gl_account"),
            must_be_among("gl_account_blocked", "blocked", [False]),
            must_not_be_among("gl_account_refused", "type", list(NO_SALES)),
        ],
        "items": [must_exist("unknown_item")],
        "vat_codes": [
            must_exist("vat_code_missing"),
            must_be_among("vat_code_blocked", "blocked", [False]),
            must_fit("vat_code_wrong_type", "with_vat", "type", FITTING_VAT_TYPES),
            must_equal("vat_code_wrong_rate", "percent", "wanted_percent"),
        ],
        "payment_conditions": [must_exist("unknown_payment_condition")],
        "relations": [
            must_exist("unknown_relation"),
            must_be_among("account_not_customer", "status", [CUSTOMER]),
            must_be_among("blocked_account", "blocked", [False]),
        ],
    }


def _findings(results: Sequence[Any]) -> Iterator[MappingFinding]:
    """A finding per unexpected row. Raises `RuntimeError` where a question was not answered: no answer is not "all is well"."""
    for result in results:
        rows = result.result.get("unexpected_index_list")
        if result.success:
            continue
        if not rows:
            raise RuntimeError(f"a mapping check could not be made: {result.exception_info}")
        code = str(result.expectation_config.meta["code"])
        for row in rows:
            shown = ", ".join(str(value) for name, value in row.items() if name not in SHOWN and pd.notna(value))
            yield MappingFinding(code, str(row["code"]), bool(row["stops"]), str(row["keys"]), shown)


def _quiet(docs: Path | None) -> DataContextConfig:
    # Its own log repeats each step at level INFO.
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    return DataContextConfig(
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        data_docs_sites={SITE: _site(docs)} if docs is not None else {},
    )


def _site(folder: Path) -> dict[str, Any]:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
    }
