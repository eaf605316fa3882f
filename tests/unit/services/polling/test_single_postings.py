"""Pages of single postings: when they are read, read again, and what one that fails costs."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backends.fetch.base import Disallowed, FetchFailed
from services.polling.answers import Caps
from services.ports import Ports
from sources.platform import Terms
from tests.polled import TINY, Said, ScriptedFetcher, detail_url, listing
from tests.unit.services.polling.added_feeds import added, items, postings, rounds, stored

DAY_S = 24 * 3600
BAD = FetchFailed("the answer has status 500", answered=500)


def pending(*marked: str) -> bytes:
    """A list of postings without text: "1@a" is posting 1 with the mark a."""
    named = (each.split("@") for each in marked)
    return listing(pending=[{"id": id_, "mark": mark} for id_, mark in named])


def dated(mark: str, *ids: str) -> bytes:
    """Pages that are looked at again after some time, though their mark is the same."""
    each = {"mark": mark, "believed_s": 3 * DAY_S}
    return listing(pending=[{"id": id_, **each} for id_ in ids])


def undated(*ids: str) -> bytes:
    return dated("a", *ids)


async def test_single_postings_are_fetched_when_they_are_new_or_changed(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "123"})
    await rounds(
        ports,
        pending("1@a", "2@a"),
        pending("1@a", "2@a", "3@a"),
        pending("1@b", "2@a", "3@a"),
        fetcher=fetcher,
    )
    details = [url[-1] for url in fetcher.urls if "/job/" in url]
    assert details == ["1", "2", "3", "1"]
    assert set(await postings(ports)) == {"1", "2", "3"}


async def test_single_postings_close_and_come_back(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "12"})
    both, one = pending("1@a", "2@a"), pending("1@a")
    await rounds(ports, both, one, one, fetcher=fetcher)
    assert (await postings(ports))["2"] == ("closed", 1)
    await rounds(ports, both, fetcher=fetcher)
    assert (await postings(ports))["2"] == ("submitted", 2)


async def test_a_single_posting_seen_in_between_counts_from_the_beginning(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "12"})
    both, one = pending("1@a", "2@a"), pending("1@a")
    await rounds(ports, both, one, both, one, fetcher=fetcher)
    assert (await postings(ports))["2"] == ("submitted", 1)
    assert (await items(ports))["2"].missed == 1


async def test_a_page_with_several_postings_keeps_them_all(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url("1"): listing("1#a", "1#b")})
    page = pending("1@a")
    await rounds(ports, page, page + b" ", page, page + b" ", fetcher=fetcher)
    assert [url for url in fetcher.urls if "/job/" in url] == [detail_url("1")]
    assert await postings(ports) == {"1#a": ("submitted", 1), "1#b": ("submitted", 1)}
    fetcher.answers[detail_url("1")] = listing("1#a")
    changed = pending("1@b")
    await rounds(ports, changed, changed + b" ", fetcher=fetcher)
    assert await postings(ports) == {"1#a": ("submitted", 1), "1#b": ("closed", 1)}


async def test_a_page_that_becomes_several_postings_closes_the_one_it_was(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url("1"): listing("1")})
    await rounds(ports, pending("1@a"), fetcher=fetcher)
    fetcher.answers[detail_url("1")] = listing("1#a", "1#b")
    several = pending("1@b")
    await rounds(ports, several, several + b" ", fetcher=fetcher)
    assert {
        name for name, (status, _) in (await postings(ports)).items() if status == "closed"
    } == {"1"}


@pytest.mark.parametrize("answered", [404, 410])
async def test_a_single_posting_that_is_gone_is_missing(ports: Ports, answered: int) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "12"})
    await rounds(ports, pending("1@a", "2@a"), fetcher=fetcher)
    fetcher.answers[detail_url("2")] = FetchFailed("no", answered=answered)
    changed = pending("1@a", "2@b")
    *_, feed = await rounds(ports, changed, changed + b" ", fetcher=fetcher)
    assert (await postings(ports))["2"] == ("closed", 1)
    assert feed.failures == 0


@pytest.mark.parametrize("mark", ["a", "b"])
async def test_pages_that_robots_close_to_us_keep_their_postings(
    ports: Ports, clock: Any, mark: str
) -> None:
    """Whether their marks change or it is time to look at them again; a new one stays unknown."""
    await added(ports)
    names = "123456"
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in names})
    await rounds(ports, dated("a", *names), fetcher=fetcher)
    clock.advance(3 * DAY_S)
    no = Disallowed("the host's robots.txt does not allow it")
    fetcher.answers = {detail_url(id_): no for id_ in "1234567"}
    polled = await rounds(ports, *[dated(mark, "7", *names)] * 5, fetcher=fetcher)
    assert {status for status, _ in (await postings(ports)).values()} == {"submitted"}
    assert {feed.failures for feed in polled} == {0}
    said = "6 of the single postings could not be read: the host's robots.txt does not allow it"
    assert polled[0].notice == said
    assert all("6 of the single" in (feed.notice or "") for feed in polled)
    # They are asked for again when that is allowed, and gone when they are no longer listed.
    fetcher.answers = {detail_url(id_): listing(id_) for id_ in "1234567"}
    clock.advance(DAY_S)
    *_, well = await rounds(ports, *[dated(mark, *names)] * 2, fetcher=fetcher)
    assert well.notice is None
    await rounds(ports, *[dated(mark, *"12345")] * 2, fetcher=fetcher)
    assert (await postings(ports))["6"] == ("closed", 1)


@pytest.mark.parametrize("mark", ["a", "b"])
@pytest.mark.parametrize("answered", [404, 410])
async def test_a_site_that_has_lost_its_pages_is_not_believed(
    ports: Ports, clock: Any, mark: str, answered: int
) -> None:
    await added(ports)
    names = [str(number) for number in range(40)]
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in names})
    await rounds(ports, dated("a", *names), fetcher=fetcher)
    clock.advance(2 * DAY_S)
    fetcher.answers = {detail_url(id_): FetchFailed("no", answered=answered) for id_ in names}
    polled = await rounds(ports, *[dated(mark, *names)] * 6, fetcher=fetcher)
    assert [feed.failures for feed in polled] == [1, 2, 3, 4, 5, 6]
    assert "single postings: their pages are gone" in (polled[0].last_error or "")
    assert {status for status, _ in (await postings(ports)).values()} == {"submitted"}


async def test_one_page_at_a_time_no_site_loses_them_all(ports: Ports, clock: Any) -> None:
    """Each round has only one or two to look at again, and all answer 404."""
    await added(ports, interval_s=3600)
    names = [str(number) for number in range(12)]
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in names})
    await rounds(ports, dated("a", *names), fetcher=fetcher)
    fetcher.answers = {}
    polled = await rounds(ports, *[dated("a", *names)] * 80, fetcher=fetcher)
    assert {status for status, _ in (await postings(ports)).values()} == {"submitted"}
    assert polled[-1].failures


async def test_old_addresses_in_the_list_are_told_from_a_site_that_is_lost(
    ports: Ports, clock: Any
) -> None:
    """Nothing but pages that are gone is due: others are looked at, and they are there."""
    await added(ports)
    names = [str(number) for number in range(20)]
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in names})
    await rounds(ports, pending(*(f"{id_}@a" for id_ in names)), fetcher=fetcher)
    for id_ in "1234":
        del fetcher.answers[detail_url(id_)]
    fetcher.asked.clear()
    listed = pending(*(f"{id_}@{'b' if id_ in '1234' else 'a'}" for id_ in names))
    polled = await rounds(ports, listed, listed + b" ", fetcher=fetcher)
    assert [feed.failures for feed in polled] == [0, 0]
    found = await postings(ports)
    assert {name for name, (status, _) in found.items() if status == "closed"} == set("1234")
    assert len([url for url in fetcher.urls if "/job/" in url]) == 2 * (4 + 4)


@pytest.mark.parametrize("fault", [BAD, FetchFailed("too slow"), b"<html>", listing()[:3]])
async def test_a_single_posting_that_cannot_be_read_costs_only_itself(
    ports: Ports, fault: Said
) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "123"})
    await rounds(ports, pending("1@a", "2@a"), fetcher=fetcher)
    fetcher.answers[detail_url("2")] = fault
    changed = pending("2@b", "3@a")
    polled = await rounds(ports, *[changed] * 3, fetcher=fetcher)
    assert [(feed.failures, feed.last_items) for feed in polled] == [(0, 2)] * 3
    assert "1 of the single postings could not be read: " in (polled[0].notice or "")
    assert await postings(ports) == {
        "1": ("closed", 1),
        "2": ("submitted", 1),
        "3": ("submitted", 1),
    }
    fetcher.answers[detail_url("2")] = listing("2", total=1)
    *_, well = await rounds(ports, *[changed] * 3, fetcher=fetcher)
    assert (well.notice, (await items(ports))["2"].mark) == (None, "b")


async def test_a_new_page_that_cannot_be_read_is_tried_again_less_and_less_often(
    ports: Ports,
) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url("1"): listing("1"), detail_url("2"): BAD})
    both = pending("1@a", "2@a")
    polled = await rounds(ports, *[both] * 40, fetcher=fetcher)
    tried = [place for place, url in enumerate(fetcher.urls) if url == detail_url("2")]
    assert len(tried) == 6  # in rounds 1, 2, 3, 6, 13 and 28
    assert {feed.failures for feed in polled} == {0}
    assert all(
        "1 of the single postings could not be read" in (feed.notice or "") for feed in polled
    )
    fetcher.answers[detail_url("2")] = listing("2")
    await rounds(ports, *[both] * 30, fetcher=fetcher)
    assert set(await postings(ports)) == {"1", "2"}
    assert (await stored(ports)).notice is None


async def test_a_few_pages_that_are_always_broken_never_fail_a_round(ports: Ports) -> None:
    await added(ports)
    names = [str(number) for number in range(20)]
    answers: dict[str, Any] = {detail_url(id_): listing(id_) for id_ in names}
    answers |= {detail_url(id_): BAD for id_ in ("3", "9", "17", "18")}
    fetcher = ScriptedFetcher(answers)
    listed = pending(*(f"{id_}@a" for id_ in names))
    polled = await rounds(ports, *[listed] * 6, fetcher=fetcher)
    assert {feed.failures for feed in polled} == {0}
    assert len(await postings(ports)) == 16


@pytest.mark.parametrize("names, asked", [("123", 3), ("abcdefghijklmnopqrstuvwxyz", 8)])
async def test_pages_that_fail_one_and_all_fail_the_round(
    ports: Ports, names: str, asked: int
) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): BAD for id_ in names})
    listed = pending(*(f"{id_}@a" for id_ in names))
    polled = await rounds(ports, *[listed] * 3, fetcher=fetcher)
    assert [feed.failures for feed in polled] == [1, 2, 3]
    assert "status 500" in (polled[0].last_error or "")
    assert len(fetcher.urls) == 3 * (asked + 1)
    # They are not taken for single faults: when the host is well, all of them are read.
    fetcher.answers = {detail_url(id_): listing(id_) for id_ in names}
    (well,) = await rounds(ports, listed, fetcher=fetcher)
    assert (well.failures, len(await postings(ports))) == (0, len(names))


async def test_a_site_that_shows_no_posting_any_more_is_not_believed(ports: Ports) -> None:
    """A page "we will be back soon" with status 200, on all that has changed."""
    await added(ports)
    names = "123456"
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in names})
    await rounds(ports, pending(*(f"{id_}@a" for id_ in names)), fetcher=fetcher)
    fetcher.answers = {detail_url(id_): listing() for id_ in names}
    (feed,) = await rounds(ports, pending(*(f"{id_}@b" for id_ in names)), fetcher=fetcher)
    assert "6 of 6 single postings: there is none on their pages" in (feed.last_error or "")
    assert {status for status, _ in (await postings(ports)).values()} == {"submitted"}


async def test_a_page_without_its_posting_is_looked_at_twice(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "12"})
    await rounds(ports, pending("1@a", "2@a"), fetcher=fetcher)
    fetcher.answers[detail_url("2")] = [listing(), listing("2"), *[listing()] * 3]
    await rounds(ports, *[pending("1@a", "2@b")] * 2, fetcher=fetcher)
    assert (await postings(ports))["2"] == ("submitted", 1)
    await rounds(ports, *[pending("1@a", "2@c")] * 4, fetcher=fetcher)
    assert (await postings(ports))["2"] == ("closed", 1)
    assert fetcher.answers[detail_url("2")] == []


async def test_a_page_whose_record_turns_bad_keeps_its_posting(ports: Ports) -> None:
    await added(ports)
    nameless = json.dumps({"jobs": [{"id": None, "title": ""}]}).encode()
    named = json.dumps({"jobs": [{"id": "1", "title": ""}]}).encode()
    for mark, bad in enumerate((nameless, named)):
        fetcher = ScriptedFetcher({detail_url("1"): listing("1")})
        await rounds(ports, pending(f"1@{mark}"), fetcher=fetcher)
        fetcher.answers[detail_url("1")] = bad
        polled = await rounds(ports, *[pending(f"1@{mark} bad")] * 4, fetcher=fetcher)
        assert await postings(ports) == {"1": ("submitted", 1)}
        assert polled[0].last_rejected == 1
        assert fetcher.urls.count(detail_url("1")) == 2


async def test_a_host_that_asks_for_quiet_is_left_alone_at_once(ports: Ports) -> None:
    await added(ports)
    many = [str(number) for number in range(100)]
    answers: dict[str, Any] = {detail_url(id_): listing(id_) for id_ in many}
    answers[detail_url("5")] = FetchFailed("no", answered=429, retry_after_s=3600)
    fetcher = ScriptedFetcher(answers)
    (feed,) = await rounds(ports, pending(*(f"{id_}@a" for id_ in many)), fetcher=fetcher)
    assert len(fetcher.urls) <= 9
    assert feed.next_at - ports.clock() == timedelta(hours=1)


async def test_more_new_single_postings_than_a_round_takes_are_left_for_the_next(
    ports: Ports,
) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "12345"})
    answer, caps = pending(*(f"{id_}@a" for id_ in "12345")), Caps(details=2)
    polled = await rounds(ports, *[answer] * 3, fetcher=fetcher, caps=caps)
    assert len(await postings(ports)) == 5
    assert [feed.notice for feed in polled] == [
        "3 of the single postings are left for the next rounds",
        "1 of the single postings are left for the next rounds",
        None,
    ]
    assert [feed.last_items for feed in polled] == [5, 5, 5]
    assert len([url for url in fetcher.urls if "/job/" in url]) == 5


async def test_what_is_gone_is_closed_though_much_is_still_to_be_read(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "123456789"})
    caps = Caps(details=2)
    await rounds(ports, pending("1@a", "2@a"), fetcher=fetcher, caps=caps)
    many = pending("2@b", *(f"{id_}@a" for id_ in "3456789"))
    await rounds(ports, many, fetcher=fetcher, caps=caps)
    await rounds(
        ports, pending(*(f"{id_}@a" for id_ in "3456789"), "2@c"), fetcher=fetcher, caps=caps
    )
    found = await postings(ports)
    assert (found["1"][0], found["2"][0]) == ("closed", "submitted")


async def test_pages_that_are_not_there_do_not_stand_in_the_way(ports: Ports) -> None:
    await added(ports)
    answers: dict[str, Any] = {detail_url(id_): listing(id_) for id_ in "56"}
    answers |= {detail_url(id_): Disallowed("no") for id_ in "34"}  # and 1 and 2 answer 404
    fetcher = ScriptedFetcher(answers)
    listed = pending(*(f"{id_}@a" for id_ in "123456"))
    await rounds(ports, *[listed] * 3, fetcher=fetcher, caps=Caps(details=2))
    assert set(await postings(ports)) == {"5", "6"}


# Pages that nothing says are changed


async def test_a_page_without_a_date_is_read_again_now_and_then(ports: Ports, clock: Any) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url("1"): listing("1")})
    await rounds(ports, undated("1"), fetcher=fetcher)
    fetcher.answers[detail_url("1")] = json.dumps({"jobs": [{"id": "1", "title": "Chef"}]}).encode()
    clock.advance(DAY_S)
    await rounds(ports, undated("1"), fetcher=fetcher)
    assert (await postings(ports))["1"] == ("submitted", 1)
    clock.advance(2 * DAY_S)
    await rounds(ports, undated("1"), fetcher=fetcher)
    assert (await postings(ports))["1"] == ("submitted", 2)
    asked = len(fetcher.urls)
    await rounds(ports, undated("1"), fetcher=fetcher)
    assert len(fetcher.urls) == asked + 1


async def test_pages_that_were_read_together_are_read_again_apart(ports: Ports, clock: Any) -> None:
    """All come round, the longest unread first, and few in one round."""
    await added(ports, interval_s=3600)
    names = [str(number) for number in range(60)]
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in names})
    caps = Caps(again=4)
    await rounds(ports, undated(*names), fetcher=fetcher, caps=caps)
    asked = []
    for _ in range(72):
        before = len(fetcher.urls)
        await rounds(ports, undated(*names), fetcher=fetcher, caps=caps)
        asked.append(len(fetcher.urls) - before - 1)
    assert max(asked) <= 4
    assert sum(1 for count in asked if count) >= 20
    assert all(fetcher.urls.count(detail_url(id_)) >= 2 for id_ in names)
    assert max(fetcher.urls.count(detail_url(id_)) for id_ in names) <= 3


async def test_a_page_that_is_read_again_in_vain_keeps_its_posting(
    ports: Ports, clock: Any
) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url("1"): listing("1")})
    await rounds(ports, undated("1"), fetcher=fetcher)
    clock.advance(4 * DAY_S)
    fetcher.answers[detail_url("1")] = BAD
    polled = await rounds(ports, *[undated("1")] * 4, fetcher=fetcher)
    assert [feed.failures for feed in polled] == [0, 0, 0, 0]
    assert (await postings(ports))["1"] == ("submitted", 1)
    fetcher.answers[detail_url("1")] = FetchFailed("no", answered=404)
    await rounds(ports, *[undated("1")] * 6, fetcher=fetcher)
    assert (await postings(ports))["1"] == ("closed", 1)


async def test_an_equal_list_does_not_hide_pages_that_are_due(ports: Ports, clock: Any) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url("1"): listing("1"), detail_url("2"): BAD})
    same = undated("1")
    await rounds(ports, same, fetcher=fetcher)
    clock.advance(3 * DAY_S)
    await rounds(ports, same, fetcher=fetcher)
    assert fetcher.urls.count(detail_url("1")) == 2
    dated = pending("2@a")
    await rounds(ports, dated, dated, fetcher=fetcher)
    assert fetcher.urls.count(detail_url("2")) == 2


async def test_a_round_asks_for_no_more_than_the_terms_want(ports: Ports) -> None:
    polite = replace(TINY, terms=Terms(interval_s=60, details=2))
    await added(ports)
    fetcher = ScriptedFetcher({detail_url(id_): listing(id_) for id_ in "12345"})
    listed = pending(*(f"{id_}@a" for id_ in "12345"))
    await rounds(ports, listed, platform=polite, fetcher=fetcher)
    assert set(await postings(ports)) == {"1", "2"}
