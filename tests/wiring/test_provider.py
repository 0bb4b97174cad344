"""The connection type "Exact Online", as Airflow's form knows it."""

from __future__ import annotations

import pytest

TYPE = "exact_online"


@pytest.fixture(scope="module")
def manager():
    from airflow.providers_manager import ProvidersManager

    return ProvidersManager()


def test_airflow_finds_the_hook_by_the_connection_s_type(manager) -> None:
    from include.wiring.hook import ExactHook

    hook = manager.hooks[TYPE]

    assert (hook.hook_name, hook.connection_id_attribute_name) == ("Exact Online", "exact_conn_id")
    assert hook.hook_class_name == f"{ExactHook.__module__}.{ExactHook.__name__}"
    assert hook.connection_testable


def test_the_form_speaks_exact_s_words(manager) -> None:
    behaviour = manager.field_behaviours[TYPE]

    assert behaviour["relabeling"] == {"host": "Exact host", "login": "Client ID", "password": "Client secret"}
    assert behaviour["hidden_fields"] == ["schema"]
    assert set(behaviour["placeholders"]) == {"host", "login", "password", "port"}


def test_the_form_asks_for_what_the_hook_reads_from_extra_and_for_no_token(manager) -> None:
    fields = {
        widget.field_name: widget.field
        for widget in manager.connection_form_widgets.values()
        if widget.hook_class_name.endswith("ExactHook")
    }

    assert set(fields) == {"redirect_uri", "secret_expires", "verify", "sandbox", "document_url"}
    assert all(field["schema"]["title"] and field["description"] for field in fields.values())
