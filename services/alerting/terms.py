"""How an alert tells what it found: cadence, channels, caps; and what of that is kept today.

What cannot be kept yet is refused by name, not stored and ignored: an alert that promises a daily
digest and sends at once would be a lie.
"""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from models.alert import Cadence, ChannelName, QuietHours
from models.base import Model
from models.errors import FieldError, InvalidInput

CADENCES = (Cadence.INSTANT,)
CHANNELS = (ChannelName.INAPP, ChannelName.EMAIL)


def _some(channels: tuple[ChannelName, ...]) -> tuple[ChannelName, ...]:
    if not channels:
        raise ValueError("at least one of " + ", ".join(CHANNELS))
    return channels


Channels = Annotated[tuple[ChannelName, ...], Field(max_length=10), AfterValidator(_some)]


class AlertTerms(Model):
    """None: as it was, or for a new alert the default."""

    cadence: Cadence | None = None
    channels: Channels | None = None
    daily_cap: int | None = None
    quiet_hours: QuietHours | None = None


def kept(terms: AlertTerms) -> dict[str, Any]:
    """The fields of the alert that these terms set. Raises InvalidInput for what is not supported
    yet."""
    if faults := list(_faults(terms)):
        raise InvalidInput("this alert asks for what is not supported yet", errors=faults)
    fields: dict[str, Any] = {}
    if terms.cadence is not None:
        fields["cadence"] = terms.cadence
    if terms.channels is not None:
        fields["channels"] = tuple(name for name in CHANNELS if name in terms.channels)
    return fields


def _faults(terms: AlertTerms) -> Iterable[FieldError]:
    if terms.cadence is not None and terms.cadence not in CADENCES:
        yield FieldError(pointer="/cadence", expected=" or ".join(CADENCES), got=terms.cadence)
    for place, name in enumerate(terms.channels or ()):
        if name not in CHANNELS:
            yield FieldError(pointer=f"/channels/{place}", expected=" or ".join(CHANNELS), got=name)
    if terms.daily_cap is not None:
        yield FieldError(pointer="/daily_cap", expected="null", got=str(terms.daily_cap))
    if terms.quiet_hours is not None:
        yield FieldError(pointer="/quiet_hours", expected="null", got="an object")
