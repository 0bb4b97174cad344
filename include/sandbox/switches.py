"""What Exact's documentation leaves open, as switches: each names the fact it stands for. Changed under /control/switches."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any


class UnknownSwitchError(ValueError):
    """No switch has this name, or its value is of another type."""


@dataclass(frozen=True)
class Switches:
    """All switches with their defaults."""

    auto_consent: bool = False  # the authorise page consents by itself
    rotation: str = "strict"  # strict | lenient: an old refresh token works until its successor is first used (1.11)
    old_token_status: int = 401  # 401 | 400 for an already used refresh token (1.9)
    replays_before_kill: int = 2  # the nth replay of a used refresh token kills the chain; 0 never (8)
    consent_ends_old_chain: bool = True  # a new consent of the same user and application ends the old chain (1.11)
    token_errors_block: bool = False  # refreshes that are refused, too early ones too, count as errors and block the token endpoint (1.6)
    token_calls_per_day: int = 0  # 200 as announced in 2021; 0 is no limit (1.14)
    check_redirect_uri: bool = True  # the redirect address must be registered (1.2)
    check_scopes: bool = True  # an application without the scope gets 403 (1.16)
    error_block: bool = True  # ten errors an hour block the endpoint (2.8)
    error_block_max: int = 10  # how many errors an hour block (2.8)
    error_block_status: int = 429  # what a blocked endpoint answers (2.8, 8)
    retry_after: bool = False  # a 429 carries Retry-After (2.5, 8)
    stranger_per_minute: int = 0  # calls that somebody else makes in every minute, out of the same quota (2.6)
    date_skew_s: float = 0.0  # the header `Date` is ahead of the sandbox's clock by this much (2.7)
    mandatory_filter: bool = True  # (2.10)
    select_required: str = ""  # comma-separated endpoints, besides bulk, that refuse a GET without $select (3.8)
    bulk_filters_only_indexed: bool = True  # (2.11)
    blank_before_quote: bool = True  # `guid '…'` is read as guid'…': a published client sends nothing else (3.10)
    too_broad_rows: int = 0  # a GET whose filter matches more rows than this gets 408; 0 never (2.12)
    page_rows: int = 0  # rows of every page; 0: what the documentation says of the endpoint (3.4, 8)
    unacceptable_status: int = 415  # what an Accept that names neither Atom nor JSON gets (3.1)
    count_wants_no_accept: bool = True  # /$count refuses an Accept that excludes text (3.9)
    int64_as_text: bool = True  # (3.22)
    amsterdam_stamps: bool = True  # Created and Modified are Dutch wall time stored as if UTC (3.12)
    client_given_ids: bool = False  # a GUID posted as key is honoured (6.11)
    draft_status: int = 20  # status of a fresh invoice: 20, 10 or 50 (6.2)
    post_totals: str = "null"  # computed | zero | null: totals in the answer of a POST (6.2)
    external_link_on_lines: bool = True  # transaction lines carry ExternalLinkReference (6.11)
    refuse_negative_price: bool = False  # a negative unit price is refused (6.2)
    credit_sign: str = "either"  # either | positive | negative: how lines of a credit invoice are written (6.2, 8)
    open_items_negative: bool = False  # read/financial/ReceivablesList and PayablesList show what is open as negative (6.5)
    match_by_our_ref: bool = True  # a bank line with relation and OurRef settles that invoice; else it stays open until matched (6.9)
    opening_balance_follows: bool = True  # a bank or cash entry opens with what the last one closed with (6.9, 6.11)
    negative_stock: bool = True  # stock may become negative (6.6, 8)
    check_postcodes: bool = True  # postcodes are refused that their country does not know (6.7)
    enforce_doubtful_lengths: bool = False  # lengths known from one source only are enforced (6.11)
    rowversion_gap_max: int = 1  # timestamps rise by 1 to this many (4.3, 8)
    late_visible_rate: float = 0.0  # share of bookings that sync shows late, with a lower timestamp than its neighbours (4.3)
    late_visible_s: float = 0.0  # and how much later (4.3)
    read_lag_s: float = 0.0  # reads show a booking only after this long (6.11, 8)
    webhook_loopback: bool = False  # notifications may go to this machine, over plain HTTP too (5.2)
    webhook_delay_s: float = 0.0  # notifications leave this long after what they tell of (5.8)
    webhook_loss_rate: float = 0.0  # share of notifications that never leave (5.8)
    webhook_duplicate_rate: float = 0.0  # share that is sent twice (5.8)
    webhook_reorder_rate: float = 0.0  # share that is overtaken: sent webhook_reorder_s later (5.8)
    webhook_reorder_s: float = 5.0  # and how much later (5.8)
    webhook_tamper_rate: float = 0.0  # share that somebody changed under way: the signature is wrong (5.6)
    consent_ends_webhooks: bool = False  # a new consent of the same user and application ends its subscriptions (5.10)
    forget_deleted_days: int = 61  # how long sync/Deleted remembers (4.4)

    def changed(self, changes: dict[str, Any]) -> Switches:
        """Return the switches with some changed. Raises `UnknownSwitchError`."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise UnknownSwitchError(f"there is no switch {name}")
            if not _same_type(known[name], value):
                raise UnknownSwitchError(f"{name} takes a {type(known[name]).__name__}")
        return replace(self, **changes)

    def as_json(self) -> str:
        """Return the switches as JSON text."""
        return json.dumps(asdict(self))


def _same_type(known: Any, value: Any) -> bool:
    if isinstance(known, bool) or isinstance(value, bool):
        return isinstance(known, bool) and isinstance(value, bool)
    if isinstance(known, float):
        return isinstance(value, int | float)
    return isinstance(value, type(known))
