"""The connection type "Exact Online", told to Airflow by the entry point `apache_airflow_provider`; light, as every process reads it."""

from __future__ import annotations

from typing import Any

_TEXT = {"type": ["string", "null"]}
_FIELDS = {
    "redirect_uri": {
        "label": "Redirect URI",
        "description": "As registered with the app in Exact's App Centre, to the letter: Exact sends the browser there after the consent. "
        "Only a sandbox may leave it empty.",
        "schema": _TEXT,
    },
    "secret_expires": {
        "label": "Client secret expires",
        "description": "Day on which the secret ends, such as 2027-05-31, where Exact names one: the page Connections reminds of it. "
        "Empty: not known.",
        "schema": _TEXT,
    },
    "verify": {
        "label": "Certificates",
        "description": "Path of a file with the authorities to trust, where a proxy stands between. Empty: the usual ones.",
        "schema": _TEXT,
    },
    "document_url": {
        "label": "Address of a document",
        "description": "Where people see a document in Exact, with {division} and {id} in it: links in the error queue lead there. "
        "Empty: no links.",
        "schema": _TEXT,
    },
    "sandbox": {
        "label": "Sandbox",
        "description": "Allow a host that is none of Exact's, without TLS. Never for a real company.",
        "schema": {"type": ["boolean", "null"], "default": False},
    },
}
_BEHAVIOUR = {
    "hidden-fields": ["schema"],
    "relabeling": {"host": "Exact host", "login": "Client ID", "password": "Client secret"},
    "placeholders": {
        "host": "start.exactonline.nl (or .be, .de, .fr, .es, .co.uk, .com)",
        "login": "of the app, from Exact's App Centre",
        "password": "of the app; tokens never stand here: exactly sign-in",
        # Airflow 3.3 sends 0 for an empty port, and then refuses to test the connection.
        "port": "443 (the Test button needs it)",
    },
}


def provider_info() -> dict[str, Any]:
    """What Airflow wants to know of a provider."""
    return {
        "package-name": "exactly",
        "name": "Exact Online",
        "description": "Business documents booked in Exact Online exactly once",
        "connection-types": [
            {
                "connection-type": "exact_online",
                "hook-name": "Exact Online",
                "hook-class-name": "include.wiring.hook.ExactHook",
                "conn-fields": _FIELDS,
                "ui-field-behaviour": _BEHAVIOUR,
            }
        ],
    }
