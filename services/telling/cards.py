"""What a person sees of a posting in one line: in a notification, a mail, a list."""

from models.money import Money
from models.notification import PostingRef
from models.posting import Posting


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def pay_line(pay: Money) -> str:
    """As `70,000–90,000 GBP a year`."""
    bounds = [_amount(bound) for bound in (pay.min, pay.max) if bound is not None]
    if pay.min is not None and pay.min == pay.max:
        bounds = bounds[:1]
    prefix = "" if len(bounds) == 2 else "from " if pay.max is None else ""
    prefix = "up to " if pay.min is None else prefix
    return f"{prefix}{'–'.join(bounds)} {pay.currency} a {pay.period}"


def card(posting: Posting) -> PostingRef:
    """The posting as its card; facts that are unknown are left out."""
    derived = posting.derived
    places = tuple(place.name for place in posting.all_places)
    mode = derived.mode if derived else posting.given.mode
    pay = derived.pay if derived else posting.given.salary
    return PostingRef(
        id=posting.id,
        title=posting.given.title,
        company=posting.given.company,
        places=places or posting.given.locations,
        mode=mode.value if mode else None,
        pay=pay_line(pay) if pay else None,
        url=posting.given.apply_url or posting.given.url,
    )
