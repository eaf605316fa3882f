"""The receipt of a submission foretells what processing will say of a short posting."""

from datetime import UTC, datetime

import pytest

from models.posting import Given
from processing.derive import derive
from services.intake import deadlines, postings
from services.intake.receipts import GLANCE_MAX, receipt

LONG = "We look for a nurse who likes to work with us. " * 30


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({"description": "<p>Call us.</p>"}, ["description_short"]),
        ({"description": "<script>a('long enough for a text')</script>"}, ["description_short"]),
        ({"title": "https://spam.example/", "description": ""}, ["title_is_link", "spam_title"]),
        ({"closes_at": datetime(2026, 11, 20, tzinfo=UTC)}, ["already_closed"]),
        ({"description": "<p>Python and Kafka, two days a week in the office.</p>"}, []),
        ({"description": ""}, []),
        ({"description": LONG}, []),
    ],
)
async def test_warnings_are_the_reasons_that_processing_gives(ports, clock, changed, codes):
    given = Given(**{"title": "Nurse", "company": "Acme"} | changed)
    posting = await postings.submit(ports, owner_id="o", given=given, source="api")
    warnings = receipt(ports, posting, "/api")["warnings"]
    assert [warning["code"] for warning in warnings] == codes
    derivation = derive(given, today=clock.now.date())
    [judged] = await deadlines.judged(ports, [(posting, derivation)])
    assert warnings == [reason.model_dump() for reason in judged.reasons]


async def test_a_long_description_is_left_to_the_background(ports):
    given = Given(title="Nurse", company="Acme", description="<p></p>" * GLANCE_MAX)
    posting = await postings.submit(ports, owner_id="o", given=given, source="api")
    assert receipt(ports, posting, "/api")["warnings"] == []
