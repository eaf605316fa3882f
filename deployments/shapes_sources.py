"""What the routes of sources take in and give out."""

from typing import Annotated

from pydantic import Field

from models.base import Model, Timestamp
from models.errors import FieldError
from models.feed import FEED_INTERVAL_MAX_S, FEED_INTERVAL_MIN_S, BelievedDrop, Drop, Feed
from models.money import Money
from models.posting import Name, Plain
from services.polling.feed_health import usual_range
from services.polling.feed_previews import Preview
from services.polling.outside import Outside
from sources.platform import Board, Terms

Interval = Annotated[int, Field(strict=True, ge=FEED_INTERVAL_MIN_S, le=FEED_INTERVAL_MAX_S)]


class SourceBody(Model):
    """The address of a job board, a feed, or a careers page that shows one. `company` is whose the
    postings are that name none. With `preview` it is only tried."""

    url: Annotated[str, Field(min_length=1, max_length=2000), Plain]
    interval_s: Interval | None = None
    company: Name | None = None
    preview: Annotated[bool, Field(strict=True)] = False


class SourceChange(Model):
    """The fields to change; what is missing or null stays as it is."""

    interval_s: Interval | None = None
    company: Name | None = None


class TermsAnswer(Model):
    """What a platform asks of those who read it: the shortest time between two rounds, what must
    stand beside each posting, whether our own public feeds may carry them."""

    interval_s: int
    attribution: str | None
    republish: bool


class Usual(Model):
    """The fewest and the most postings of the last whole rounds."""

    min: int
    max: int


class HealthAnswer(Model):
    """`failures` counts those in a row. `drop` is a round with far fewer postings than usual, which
    is not believed until it is confirmed, `believed_drop` one that was, so that its postings were
    closed; it stays until they are back or a person asks for a round. `notice` says what the last
    round has not read."""

    last_success_at: Timestamp | None
    last_error: str | None
    last_error_at: Timestamp | None
    failures: int
    items: int
    rejected: int
    usual: Usual | None
    drop: Drop | None
    believed_drop: BelievedDrop | None
    notice: str | None


class BoardAnswer(Model):
    platform: str
    platform_name: str
    board: Annotated[str, Field(description="The platform's own name of the board, or its address")]
    company: str | None


class ExampleAnswer(Model):
    title: str
    company: str
    places: list[str]
    pay: Money | None


class PreviewAnswer(BoardAnswer):
    """A first round that stored nothing. `count` is what the board says it has, else what was read;
    `complete` tells whether all of it was. `others` are further boards that the page shows."""

    as_of: Annotated[Timestamp, Field(description="When the board said so")]
    count: int
    complete: bool
    examples: list[ExampleAnswer]
    rejected: int
    faults: Annotated[list[FieldError], Field(description="The first of what could not be read")]
    terms: TermsAnswer
    others: list[BoardAnswer]


class SourceAnswer(BoardAnswer):
    """A source that is polled. `next_run_at` is null while it is paused."""

    id: str
    url: str
    name: str
    interval_s: int
    paused: bool
    running: bool
    next_run_at: Timestamp | None
    created_at: Timestamp
    health: HealthAnswer
    terms: TermsAnswer


class SourcePage(Model):
    items: list[SourceAnswer]
    next_cursor: str | None


def source_answer(outside: Outside, feed: Feed) -> SourceAnswer:
    """The feed as it is shown to who manages it."""
    platform = outside.platforms.get(feed.platform)
    terms = platform.terms if platform else Terms()
    return SourceAnswer(
        id=feed.id,
        url=feed.url,
        platform=feed.platform,
        platform_name=platform.title if platform else feed.platform,
        board=feed.token,
        company=feed.company or None,
        name=feed.name,
        interval_s=feed.interval_s,
        paused=feed.paused,
        running=feed.lease is not None,
        next_run_at=None if feed.paused and not feed.by_hand else feed.next_at,
        created_at=feed.created_at,
        health=_health(feed),
        terms=_terms(terms),
    )


def preview_answer(outside: Outside, preview: Preview) -> PreviewAnswer:
    return PreviewAnswer(
        **_board(outside, preview.board).model_dump(),
        as_of=preview.as_of,
        count=preview.count,
        complete=preview.is_all,
        examples=[
            ExampleAnswer(title=e.title, company=e.company, places=list(e.places), pay=e.pay)
            for e in preview.examples
        ],
        rejected=preview.fault_count,
        faults=list(preview.faults),
        terms=_terms(preview.terms),
        others=[_board(outside, board) for board in preview.others],
    )


def _board(outside: Outside, board: Board) -> BoardAnswer:
    return BoardAnswer(
        platform=board.platform,
        platform_name=outside.platforms[board.platform].title,
        board=board.token,
        company=board.company or None,
    )


def _terms(terms: Terms) -> TermsAnswer:
    return TermsAnswer(
        interval_s=terms.interval_s, attribution=terms.attribution, republish=terms.republish
    )


def _health(feed: Feed) -> HealthAnswer:
    usual = usual_range(feed)
    return HealthAnswer(
        last_success_at=feed.last_ok_at,
        last_error=feed.last_error,
        last_error_at=feed.last_error_at,
        failures=feed.failures,
        items=feed.last_items,
        rejected=feed.last_rejected,
        usual=Usual(min=usual[0], max=usual[1]) if usual else None,
        drop=feed.drop,
        believed_drop=feed.believed_drop,
        notice=feed.notice,
    )
