"""Places and positions: their order, their texts, and what a partition still holds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.stream.base import PARTITIONS
from backends.stream.pulsar_admin import extent_of
from backends.stream.pulsar_places import (
    NOTHING,
    NUMBER_MAX,
    Extent,
    Place,
    event_place,
    event_text,
    position_of,
    position_text,
)
from models.errors import InvalidInput

places = st.builds(Place, st.integers(0, NUMBER_MAX), st.integers(-1, NUMBER_MAX - 1))
FIVE = Extent(((3, 5), (9, 0)), Place(9, -1))
"""Five events in ledger 3, and an empty ledger 9 that is written to."""


@given(st.lists(places, min_size=PARTITIONS, max_size=PARTITIONS))
def test_a_position_survives_its_text(position: list[Place]) -> None:
    assert position_of(position_text(position)) == position


@given(places)
def test_an_event_survives_its_text(place: Place) -> None:
    assert event_place(event_text(place)) == place


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "0.0",
        "-".join(["0.0"] * (PARTITIONS + 1)),
        "-".join(["0.0"] * (PARTITIONS - 1) + ["0.g"]),
        "-".join(["0.0"] * (PARTITIONS - 1) + ["0.٣"]),
        "-".join(["ffffffffffffffff.0"] * PARTITIONS),
        "-".join(["0.0"] * PARTITIONS) + "-",
    ],
)
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        position_of(text)
    assert refused.value.errors[0].parameter == "position"


@pytest.mark.parametrize("text", ["", "1", "1.2-3.4", "-1.0"])
def test_what_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        event_place(text)


def test_places_are_ordered_as_events_are() -> None:
    assert NOTHING < Place(3, -1) < Place(3, 0) < Place(3, 7) < Place(9, -1)
    assert Place(3, 1).before == Place(3, 0)


@pytest.mark.parametrize(
    ("extent", "end"),
    [
        (FIVE, Place(3, 4)),
        (Extent(((3, 5), (9, 0)), Place(9, 2)), Place(9, 2)),
        (Extent(((3, 5), (9, 7), (11, 0)), Place(11, -1)), Place(9, 6)),
        (Extent(((9, 0),), Place(9, -1)), Place(9, -1)),
        (Extent((), Place(9, -1)), Place(9, -1)),
    ],
)
def test_the_end_is_the_last_event(extent: Extent, end: Place) -> None:
    assert extent.end == end


@pytest.mark.parametrize(
    ("place", "kept"),
    [
        (Place(3, -1), True),
        (Place(3, 2), True),
        (Place(3, 4), True),
        (Place(9, -1), True),
        (Place(3, 5), True),
        (Place(9, 0), False),  # never reached
        (Place(2, 8), False),  # its ledger is gone
        (Place(7, 0), False),  # of another topic
        (Place(11, 0), False),
    ],
)
def test_what_follows_a_place_is_kept_or_not(place: Place, kept: bool) -> None:
    assert FIVE.keeps_what_follows(place) is kept


def test_the_statistics_of_a_partition_are_read() -> None:
    stats = {
        "lastConfirmedEntry": "9:-1",
        "currentLedgerEntries": 0,
        "ledgers": [
            {"ledgerId": 3, "entries": 5, "size": 100, "offloaded": False},
            {"ledgerId": 9, "entries": 0, "size": 0, "offloaded": False},
        ],
    }
    assert extent_of(stats) == FIVE
