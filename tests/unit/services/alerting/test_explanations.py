"""Why a person was told, and whether a posting would match."""

import pytest

from backends.documents.collections import MATCHES
from matching.vocabulary import FIELDS
from models.criteria import Outcome
from models.errors import Conflict, Forbidden, InvalidInput, InvalidQuery, NotFound
from models.posting import Derived, Given, Level
from models.user import Role, User
from processing.derive import Derivation
from services.alerting import alerts, explanations, lists
from services.alerting.queries import QueryInput
from services.alerting.terms import AlertTerms
from services.intake import postings
from services.ports import NEAR_MISS_FIELDS, NearMisses


def person(id_):
    return User(
        id=id_,
        email=f"{id_}@example.org",
        name=id_,
        role=Role.SEEKER,
        password_hash="-",
        created_at="2026-11-21T00:00:00Z",
    )


ME, OTHER = person("me"), person("other")


@pytest.fixture
async def posting(ports):
    submitted = await postings.submit(
        ports, owner_id="o", given=Given(title="Data engineer", company="Acme"), source="api"
    )
    derived = Derived(html="", text="Python", level=Level.JUNIOR)
    return await postings.finish(ports, submitted, Derivation(derived, "publish", ()))


def why(ports, posting, query=None, alert_id=None, user=ME, criteria=None):
    return explanations.why_posting(
        ports, user, posting.id, query=query, criteria=criteria, alert_id=alert_id
    )


async def test_each_clause_is_explained(ports, posting):
    explanation = await why(ports, posting, 'title:"data engineer" python')
    assert explanation.matched
    assert [clause.outcome for clause in explanation.clauses] == [Outcome.TRUE, Outcome.TRUE]
    title = explanation.clauses[0]
    assert (title.field, title.text) == ("title", "Data engineer")


async def test_the_one_clause_that_fails_is_the_near_miss(ports, posting):
    explanation = await why(ports, posting, "title:engineer level:senior")
    assert not explanation.matched
    assert explanation.near_miss == "level:senior"


async def test_an_alert_of_one_s_own_can_be_asked_of_any_posting(ports, posting):
    wanted = QueryInput(query="engineer mode:remote unknown:drop")
    alert = await alerts.create(ports, "me", "Mine", wanted, AlertTerms())
    explanation = await why(ports, posting, alert_id=alert.id)
    assert (explanation.matched, explanation.near_miss) == (False, "mode:remote")
    with pytest.raises(NotFound):
        await why(ports, posting, alert_id=alert.id, user=OTHER)


async def test_a_tree_can_be_asked(ports, posting):
    level = {"op": "level", "min": "senior", "max": "staff"}
    criteria = {"op": "and", "items": [{"op": "words", "text": "python"}, level]}
    explanation = await why(ports, posting, criteria=criteria)
    assert (explanation.matched, explanation.near_miss) == (False, "level:senior..staff")


async def test_lists_of_one_s_own_can_be_named(ports, posting):
    await lists.create(ports, "me", "watched", "company", ("ACME, Inc.",))
    tree = {"op": "list", "field": "company", "name": "watched", "items": ["Bcme"]}
    for asked in ({"query": "company:@watched"}, {"criteria": tree}):
        assert (await why(ports, posting, **asked)).matched
        with pytest.raises(InvalidQuery):
            await why(ports, posting, user=OTHER, **asked)


TREE = {"op": "words", "text": "python"}


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ({}, "none of them"),
        ({"query": "python", "alert_id": "x"}, "query and alert_id"),
        ({"query": "python", "criteria": TREE}, "query and criteria"),
        ({"query": "python", "criteria": TREE, "alert_id": "x"}, "query and criteria and alert_id"),
    ],
)
async def test_exactly_one_of_query_tree_and_alert_is_asked(ports, posting, asked, got):
    with pytest.raises(InvalidInput) as refused:
        await why(ports, posting, **asked)
    assert [fault.got for fault in refused.value.errors] == [got]


async def test_a_faulty_query_names_its_position(ports, posting):
    with pytest.raises(InvalidQuery) as refused:
        await why(ports, posting, "engineer titel:x")
    assert (refused.value.errors[0].pointer, refused.value.errors[0].position) == ("/query", 9)


async def test_a_posting_that_is_not_processed_is_a_conflict_to_its_owner(ports):
    given = Given(title="Cook", company="Acme")
    submitted = await postings.submit(ports, owner_id="me", given=given, source="api")
    with pytest.raises(Conflict):
        await why(ports, submitted, "cook")
    with pytest.raises(NotFound):
        await why(ports, submitted, "cook", user=OTHER)


async def test_a_match_tells_what_held_when_it_fired(ports, posting):
    clause = {"clause": "title:engineer", "outcome": "true", "field": "title"}
    await ports.documents.insert(
        MATCHES, "m", {"user_id": "me", "posting_id": "gone", "clauses": [clause]}
    )
    explanation = await explanations.why_match(ports, ME, "m")
    assert explanation.matched
    assert [clause.clause for clause in explanation.clauses] == ["title:engineer"]
    with pytest.raises(NotFound):
        await explanations.why_match(ports, OTHER, "m")
    with pytest.raises(NotFound):
        await explanations.why_match(ports, ME, "none")


async def test_near_misses_name_nobody_and_tell_no_few(ports, posting):
    ports.matchers.missed = NearMisses(5, {"pay": 7, "level": 4, "several": 5})
    owner = person("o")
    seen = await explanations.near_misses(ports, owner, posting.id)
    assert seen == {"matched": 5, "by_field": {"pay": 7, "several": 5}}
    ports.matchers.missed = NearMisses(4, {})
    seen = await explanations.near_misses(ports, owner, posting.id)
    assert seen == {"matched": None, "by_field": {}}


async def test_near_misses_are_for_who_manages_the_posting(ports, posting):
    with pytest.raises(Forbidden):
        await explanations.near_misses(ports, OTHER, posting.id)
    given = Given(title="Cook", company="Acme")
    submitted = await postings.submit(ports, owner_id="me", given=given, source="api")
    with pytest.raises(NotFound):
        await explanations.near_misses(ports, OTHER, submitted.id)
    with pytest.raises(Conflict):
        await explanations.near_misses(ports, ME, submitted.id)


def test_near_misses_are_told_for_every_field_of_the_language():
    assert {*FIELDS, "several"} - {"unknown"} == set(NEAR_MISS_FIELDS)
