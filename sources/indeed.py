"""Indeed-style XML: `<source><publisher/>…<job>…</job></source>`, values mostly in CDATA.

Format: https://docs.indeed.com/indeed-apply/xml-feed. The pay is free text, so it is put before
the description, where processing reads and quotes it.
"""

import html
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from sources import facts
from sources.validation import Fields
from sources.xml_records import XmlParser, markup


def xml_parser() -> XmlParser:
    return XmlParser(
        roots=frozenset({"source", "jobs"}),
        records=frozenset({"job"}),
        expected="Indeed XML: <source> with <job> elements",
        read=fields_of,
    )


def fields_of(job: Element, head: Mapping[str, str]) -> Fields:
    """A job without a company of its own is its publisher's."""
    text = {child.tag.lower(): markup(child).strip() for child in job}
    company = text.get("company") or text.get("sourcename") or head.get("publisher", "")
    place = ", ".join(text[part] for part in ("city", "state", "country") if text.get(part))
    return {
        "title": facts.one_line(text.get("title")) or None,
        "company": facts.one_line(company) or None,
        "description": _description(text),
        "locations": facts.places(place),
        "mode": facts.mode(text.get("remotetype")),
        "employment_type": facts.employment_type(text.get("jobtype")),
        "category": facts.one_line(text.get("category")) or None,
        "url": facts.address(text.get("url")),
        "external_id": facts.external_id(text.get("referencenumber") or text.get("requisitionid")),
        "posted_at": facts.moment(text.get("date")),
        "closes_at": facts.moment(text.get("expirationdate")),
    }


def _description(text: Mapping[str, str]) -> str:
    salary, description = facts.one_line(text.get("salary")), text.get("description", "")
    if not salary or salary in description:
        return description
    return f"<p>Salary: {html.escape(salary)}</p>\n{description}"
