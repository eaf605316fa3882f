"""What a member knows of the others, on simulated time."""

from backends.stream.pulsar_members import Announcement, Circle


def says(token: str, *holds: int, shares: bool = True, valid_s: float = 10) -> Announcement:
    return Announcement(token, shares, frozenset(holds), valid_s)


def test_an_announcement_survives_the_log() -> None:
    said = says("a", 3, 1, 2, shares=False, valid_s=2.5)
    assert Announcement.of(said.to_bytes()) == said


def test_a_newcomer_is_noticed_once_and_oneself_never() -> None:
    circle = Circle("me")
    assert circle.hear(says("other"), now=0)
    assert not circle.hear(says("other", 1), now=1)
    assert not circle.hear(says("me", 2), now=1)
    assert circle.held(now=1) == {1}


def test_only_the_living_who_share_count() -> None:
    circle = Circle("me")
    circle.hear(says("group"), now=0)
    circle.hear(says("claim", 1, 2, shares=False, valid_s=100), now=0)
    assert circle.sharing(now=5) == 1
    assert circle.sharing(now=10) == 0
    assert circle.held(now=50) == {1, 2}


def test_who_falls_silent_leaves_its_partitions_behind() -> None:
    circle = Circle("me")
    circle.hear(says("a", 1, 2), now=0)
    assert circle.left_behind(now=9) == frozenset()
    assert circle.left_behind(now=11) == {1, 2}
    circle.hear(says("b", 2), now=12)
    assert circle.left_behind(now=12) == {1}


def test_who_says_goodbye_holds_nothing_and_is_new_again_later() -> None:
    circle = Circle("me")
    circle.hear(says("a", 1), now=0)
    assert not circle.hear(says("a", valid_s=0), now=1)
    assert circle.held(now=1) == circle.left_behind(now=100) == frozenset()
    assert circle.hear(says("a", 1), now=2)


def test_the_long_silent_are_forgotten() -> None:
    circle = Circle("me")
    circle.hear(says("a", 1), now=0)
    circle.hear(says("b", 2), now=1_000)
    assert circle.left_behind(now=1_000) == frozenset()
