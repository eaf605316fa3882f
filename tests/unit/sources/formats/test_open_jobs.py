"""The open-jobs form, and all of its 833 real postings where the data is at hand."""

import os
from pathlib import Path

import orjson
import pytest

from models.posting import EmploymentType, Mode
from sources.base import Parsed, parse
from sources.detect import HEAD_BYTES, Format, detect, make_parser
from sources.formats import open_jobs

ROOT = Path(__file__).resolve().parents[4]
DATA = Path(os.environ.get("JOBRAY_SHARED_DATA", ROOT.parent / "shared" / "data"))
POSTINGS = DATA / "open-jobs-2026-08-22.json"
FEED = DATA / "open-jobs-2026-08-22.rss.xml"
needs_data = pytest.mark.skipif(not POSTINGS.exists(), reason="the shared data is not here")

RECORD = {
    "company": "Acme",
    "platform": "lever",
    "jobId": "77",
    "title": "Cook ",
    "department": "Kitchen",
    "locations": ["N/A", " Leeds, UK ", "LOCATION", "", "York; Leeds, UK"],
    "isRemote": True,
    "employmentType": "Independent Contractor (FT)",
    "applyUrl": "https://a.example/1",
    "postedAt": None,
}


def one(**changed: object) -> Parsed:
    (parsed,) = parse(open_jobs.array_parser(), [orjson.dumps([{**RECORD, **changed}])])
    return parsed


def test_a_record_with_odd_places() -> None:
    found = one().given
    assert found is not None
    assert (found.title, found.external_id, found.posted_at) == ("Cook", "lever:77", None)
    assert found.locations == ("Leeds, UK", "York")
    assert (found.mode, found.employment_type) == (Mode.REMOTE, EmploymentType.CONTRACT)
    assert found.category == "Kitchen"


def test_not_remote_says_nothing_of_the_mode() -> None:
    found = one(isRemote=False).given
    assert found is not None
    assert found.mode is None


def test_a_long_list_of_places_is_cut_at_commas() -> None:
    found = one(locations=[", ".join(["Frankfurt (Germany)"] * 15)]).given
    assert found is not None
    assert ", ".join(found.locations) == ", ".join(
        ["Frankfurt (Germany)"] * 9 + ["Frankfurt (Germany)"] * 6
    )
    assert [len(place) <= 200 for place in found.locations] == [True, True]


@pytest.mark.parametrize(
    "changed, pointers",
    [
        ({"title": None}, ["/title"]),
        ({"company": 5, "title": ["x"]}, ["/title", "/company"]),
        ({"locations": "Leeds"}, ["/locations"]),
        ({"locations": {"a": 1}}, ["/locations"]),
    ],
)
def test_wrong_types_are_named(changed: dict[str, object], pointers: list[str]) -> None:
    assert [error.pointer for error in one(**changed).errors] == pointers


@pytest.mark.parametrize(
    "changed", [{"applyUrl": 5}, {"postedAt": "soon"}, {"jobId": 7}, {"locations": [1]}]
)
def test_what_cannot_be_read_beside_the_title_is_left_out(changed: dict[str, object]) -> None:
    assert one(**changed).given is not None


@needs_data
@pytest.mark.parametrize(
    "file, form, mark", [(POSTINGS, Format.OPEN_JOBS, "{"), (FEED, Format.RSS, "<item>")]
)
def test_every_real_posting_is_accepted(file: Path, form: Format, mark: str) -> None:
    document = file.read_bytes()
    assert detect(document[:HEAD_BYTES], file.name, None) is form
    found = list(parse(make_parser(form), [document]))
    assert len(found) == 833
    assert [p for p in found if p.given is None] == []
    lines = document.decode().split("\n")
    assert {lines[p.line - 1].strip() for p in found} == {mark}
    assert len({p.given.external_id for p in found if p.given}) == 833


@needs_data
def test_both_forms_tell_the_same() -> None:
    facts = [
        {
            p.given.external_id: (p.given.title, p.given.company, p.given.url)
            for p in parse(make_parser(form), [file.read_bytes()])
            if p.given
        }
        for file, form in ((POSTINGS, Format.OPEN_JOBS), (FEED, Format.RSS))
    ]
    assert facts[0] == facts[1]
