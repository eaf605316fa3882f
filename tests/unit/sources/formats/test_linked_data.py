"""JSON-LD as people write it: wrapped, escaped, nested, in any case."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.formats.linked_data import Unreadable, job_postings, objects, texts
from tests.examples import examples

JOB = '{"@type": "JobPosting", "title": "Cook"}'


def titles(text: str) -> list[Any]:
    return [job.get("title") for job in job_postings(text)]


@pytest.mark.parametrize(
    "text",
    [
        JOB,
        f"[{JOB}]",
        f'{{"@graph": [{{"@type": "WebPage"}}, {JOB}]}}',
        f'{{"@type": "WebPage", "mainEntity": {{"item": [{JOB}]}}}}',
        f"//<![CDATA[\n{JOB}\n//]]>",
        f"/*<![CDATA[*/ {JOB} /*]]>*/",
        f"<![CDATA[{JOB}]]>",
        f"<!-- {JOB} -->",
        f" {JOB};\n",
        JOB.replace('"', "&quot;"),
        JOB.replace('"', "&#34;"),
        '{"@type": "JobPosting", "title": "Cook", "description": "line\nline\ttab\x0b"}',
        '{"Type": "JobPosting", "Title": "Cook"}',
        '{"@TYPE": ["Thing", "http://schema.org/JobPosting"], "TITLE": "Cook"}',
        '{"@type": "schema:JobPosting", "title": "Cook", "x": NaN}',
    ],
)
def test_forms(text: str) -> None:
    assert titles(text) == ["Cook"]


def test_several_in_their_order() -> None:
    found = '{"@graph": [{"@type": "JobPosting", "title": 1, "sub": %s}, {"a": %s}], "b": %s}'
    jobs = [JOB.replace("Cook", name) for name in "abc"]
    assert titles(found % tuple(jobs)) == [1, "a", "b", "c"]


def test_entities_of_values_are_left_alone() -> None:
    assert titles('{"@type": "JobPosting", "title": "a &quot;b&quot;"}') == ["a &quot;b&quot;"]


@pytest.mark.parametrize(
    "text", ['{"@type": "Organization"}', "[]", "7", '"JobPosting"', '{"@type": 7}']
)
def test_no_jobs(text: str) -> None:
    assert job_postings(text) == []


@pytest.mark.parametrize("text", ["", "{", JOB[:-1], "[" * 100_000, "window.x = 1", '{"a": }'])
def test_what_is_no_json(text: str) -> None:
    with pytest.raises(Unreadable):
        job_postings(text)


def test_values_that_are_one_or_several() -> None:
    assert objects({"@Type": 1}) == [{"type": 1}]
    assert objects(["a", {"B": 2}, 3, None, " "]) == [{"name": "a"}, {"b": 2}]
    assert texts([{"name": " a  b "}, "c &amp; d", {"name": 3}]) == ["a b", "c & d"]
    assert texts(None) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["JobPosting", "schema.org/JobPosting"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["@type", "Title", "@graph", "x"]), inner, max_size=3),
    max_leaves=10,
)  # fmt: skip


@given(VALUES)
@settings(max_examples=examples(300), deadline=None)
def test_any_json_is_read(value: Any) -> None:
    assert all(isinstance(job, dict) for job in job_postings(json.dumps(value)))


@given(st.text(max_size=80))
@settings(max_examples=examples(200), deadline=None)
def test_any_text_is_read_or_unreadable(text: str) -> None:
    with suppress(Unreadable):
        assert isinstance(job_postings(text), list)
