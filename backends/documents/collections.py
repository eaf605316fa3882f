"""Every collection and its indexes, declared once; adapters create them at start.

A unique index ignores documents in which any of its fields is null or missing (sparse). An index
that ends in the sort field of a query serves the page as well.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Index:
    """`fields` are dotted paths, in order; `array` marks the single field as an array."""

    name: str
    fields: tuple[str, ...]
    unique: bool = False
    array: bool = False


@dataclass(frozen=True, slots=True)
class Collection:
    name: str
    indexes: tuple[Index, ...] = ()


POSTINGS = Collection(
    "postings",
    (
        Index("posting_external", ("owner_id", "given.external_id"), unique=True),
        Index("posting_status", ("status", "first_seen_at")),
        Index("posting_owner", ("owner_id", "created_at")),
        Index("posting_expiry", ("status", "given.closes_at")),
        Index("posting_last_day", ("status", "derived.closes_on")),
        Index("posting_cluster", ("cluster_id",)),
        Index("posting_review", ("review.since",)),
    ),
)
COMPANIES = Collection("companies", (Index("company_slug", ("slug",), unique=True),))
USERS = Collection("users", (Index("user_email", ("email",), unique=True),))
SESSIONS = Collection(
    "sessions",
    (Index("session_user", ("user_id",)), Index("session_expiry", ("expires_at",))),
)
ALERTS = Collection(
    "alerts",
    (
        Index("alert_user", ("user_id", "created_at")),
        Index("alert_paused", ("paused", "user_id")),
    ),
)
LISTS = Collection("lists", (Index("list_user", ("user_id", "name")),))
MATCHES = Collection(
    "matches",
    (
        Index("match_alert", ("alert_id", "created_at")),
        Index("match_posting", ("posting_id",)),
    ),
)
NOTIFICATIONS = Collection(
    "notifications",
    (
        Index("notification_user", ("user_id", "position")),
        Index("notification_posting", ("posting.id",)),
        Index("notification_position", ("position",)),
    ),
)
DELIVERIES = Collection(
    "deliveries",
    (
        Index("delivery_due", ("status", "due_at")),
        Index("delivery_notification", ("notification_id",)),
    ),
)
ATTEMPTS = Collection("attempts", (Index("attempt_delivery", ("delivery_id", "number")),))
FEEDS = Collection(
    "feeds",
    (
        Index("feed_due", ("next_at",)),
        Index("feed_added_by", ("added_by", "created_at")),
        Index("feed_quiet", ("host", "quiet_until")),
    ),
)
FEED_ITEMS = Collection("feed_items", (Index("feed_item_open", ("feed_id", "closed", "missed")),))
IMPORTS = Collection("imports", (Index("import_owner", ("owner_id", "created_at")),))
IDEMPOTENCY = Collection("idempotency", (Index("idempotency_expiry", ("expires_at",)),))
EPOCHS = Collection("epochs")
TOPOLOGY = Collection("topology")
SIGNS = Collection("signs")
"""Of each actor that somebody saw at work: its version counts how often."""
DEAD_LETTERS = Collection(
    "dead_letters",
    (
        Index("dead_letter_topic", ("topic", "at")),
        Index("dead_letter_age", ("at",)),
        Index("dead_letter_subject", ("event.subject",)),
    ),
)
FINGERPRINTS = Collection("fingerprints", (Index("fingerprint_bands", ("bands",), array=True),))
DOCKETS = Collection("dockets")
REPROCESSING = Collection("reprocessing")

COLLECTIONS = (
    POSTINGS,
    COMPANIES,
    USERS,
    SESSIONS,
    ALERTS,
    LISTS,
    MATCHES,
    NOTIFICATIONS,
    DELIVERIES,
    ATTEMPTS,
    FEEDS,
    FEED_ITEMS,
    IMPORTS,
    IDEMPOTENCY,
    EPOCHS,
    TOPOLOGY,
    SIGNS,
    DEAD_LETTERS,
    FINGERPRINTS,
    DOCKETS,
    REPROCESSING,
)
