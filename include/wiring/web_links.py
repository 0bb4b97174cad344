"""Where a page of the console may lead: into the shop and into Exact, as far as the connections say."""

from __future__ import annotations

import logging

from airflow.sdk.exceptions import AirflowException

from include.adapters.links import NO_LINKS, Links
from include.errors import ExactlyError
from include.wiring.connections import links_of

log = logging.getLogger(__name__)


def known_links(exact_conn_id: str) -> Links:
    """The templates of the connections; none where one is missing or refused, so that a page shows all the same."""
    try:
        return links_of(exact_conn_id)
    except (AirflowException, ExactlyError) as error:
        log.info("no links by the connections: %s", error)
        return NO_LINKS
