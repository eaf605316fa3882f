"""The events in an owner's hands: delivered, taken back, acknowledged, and their copies."""

from hypothesis import given
from hypothesis import strategies as st

from backends.stream.base import Delivery
from backends.stream.pulsar_held import Window
from backends.stream.pulsar_places import Place, event_text
from backends.stream.pulsar_seen import Seen
from models.events import Event


def found(name: str, number: int) -> tuple[Delivery, Place]:
    event = Event(id=name, type="test.v1", subject="s", key="k")
    place = Place(1, number)
    return Delivery(event, "t", 0, event_text(place), 1), place


def filled(*names: str) -> Window:
    window = Window()
    for number, name in enumerate(names):
        window.add(*found(name, number))
    return window


def names(deliveries: list[Delivery]) -> list[str]:
    return [delivery.event.id for delivery in deliveries]


def test_each_event_is_delivered_once() -> None:
    window = filled("a", "b", "c")
    assert names(window.deliver(2)) == ["a", "b"]
    assert (window.delivered, window.unread) == (2, 1)
    assert names(window.deliver(5)) == ["c"]
    assert window.deliver(5) == []


def test_what_is_taken_back_comes_again_in_order_and_counts() -> None:
    window = filled("a", "b", "c", "d")
    window.deliver(3)
    window.take_back(Place(1, 1))
    again = window.deliver(5)
    assert [(d.event.id, d.attempt) for d in again] == [("b", 2), ("c", 2), ("d", 1)]


def test_an_acknowledgement_covers_everything_before_it() -> None:
    window = filled("a", "b", "c")
    window.deliver(3)
    window.acknowledge(Place(1, 1))
    assert window.delivered == 1
    window.take_back(Place(1, 0))
    assert names(window.deliver(5)) == ["c"]


def test_an_acknowledgement_reaches_what_was_taken_back() -> None:
    window = filled("a", "b", "c")
    window.deliver(2)
    window.take_back(Place(1, 0))
    window.acknowledge(Place(1, 1))
    assert names(window.deliver(5)) == ["c"]


def test_a_copy_is_acknowledged_with_the_event_before_it() -> None:
    window = filled("a", "a", "b", "a")
    assert names(window.deliver(5)) == ["a", "b"]
    assert window.until(Place(1, 0)) == Place(1, 1)
    assert window.until(Place(1, 2)) == Place(1, 3)


def test_a_copy_with_nothing_before_it_may_be_acknowledged_at_once() -> None:
    window = filled("a")
    window.deliver(1)
    window.acknowledge(Place(1, 0))
    assert not window.add(*found("a", 1))
    assert window.add(*found("b", 2))


@given(
    st.lists(st.sampled_from("abcdefgh"), max_size=30),
    st.lists(st.tuples(st.sampled_from(["deliver", "back", "ack"]), st.integers(0, 30))),
)
def test_the_order_holds_whatever_is_done(
    published: list[str], steps: list[tuple[str, int]]
) -> None:
    window = filled(*published)
    first = list(dict.fromkeys(published))
    place_of = {name: Place(1, published.index(name)) for name in first}
    done, cursor = 0, 0
    for step, number in steps:
        if step == "deliver":
            given_ = names(window.deliver(number))
            assert given_ == first[cursor : cursor + number]
            cursor += len(given_)
        elif cursor > done:
            name = first[done + number % (cursor - done)]
            if step == "back":
                window.take_back(place_of[name])
                cursor = first.index(name)
            else:
                window.acknowledge(window.until(place_of[name]))
                done = first.index(name) + 1
    assert names(window.deliver(100)) == first[cursor:]


def test_an_id_is_forgotten_when_the_window_has_passed() -> None:
    seen = Seen(window=3)
    assert [seen.is_new(name) for name in "abcabc"] == [True] * 3 + [False] * 3
    assert seen.is_new("d")
    assert seen.is_new("a")
    assert not seen.is_new("c")
