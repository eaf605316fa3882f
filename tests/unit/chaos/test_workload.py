"""A seed is a plan: the same one gives the same requests."""

from itertools import islice
from random import Random

from chaos import workload
from models.posting import Given
from services.alerting.queries import QueryInput, Wanted

WORD = workload.marker(Random(5))


def _steps(seed: int, count: int = 300) -> list[workload.Step]:
    return list(islice(workload.steps(Random(seed), WORD, 1_000), count))


def test_the_same_seed_gives_the_same_steps_and_another_one_others() -> None:
    assert _steps(1) == _steps(1)
    assert _steps(1) != _steps(2)
    assert workload.marker(Random(1)) != workload.marker(Random(2))


def test_every_kind_of_step_comes_and_can_be_posted() -> None:
    steps = _steps(1)
    assert {step.kind for step in steps} == {"new", "copy", "revision"}
    for step in steps:
        Given.model_validate(step.body)
        assert WORD in step.body["description"]


def test_a_vacancy_is_copied_or_revised_and_never_both() -> None:
    steps = _steps(3)
    copied = {step.vacancy for step in steps if step.kind == "copy"}
    revised = {step.vacancy for step in steps if step.kind == "revision"}
    assert copied
    assert revised
    assert not copied & revised


def test_a_copy_says_the_same_under_another_name() -> None:
    steps = _steps(4)
    first = {step.vacancy: step.body for step in steps if step.kind == "new"}
    names = [step.body["external_id"] for step in steps if step.kind != "revision"]
    assert len(names) == len(set(names))
    for step in steps:
        if step.kind == "copy":
            for field in ("title", "company", "description", "locations"):
                assert step.body[field] == first[step.vacancy][field]


def test_revisions_count_up_from_the_second() -> None:
    seen: dict[int, int] = {}
    for step in _steps(6, 1_000):
        if step.kind == "revision":
            assert step.revision == seen.get(step.vacancy, 1) + 1
            seen[step.vacancy] = step.revision
    assert max(seen.values()) > 2


def test_every_query_is_one_that_an_alert_may_have() -> None:
    wanted = workload.queries(Random(1), WORD, len(workload.QUERIES))
    assert len(wanted) == len(set(wanted)) == len(workload.QUERIES)
    for query in wanted:
        Wanted.of(QueryInput(query=query))
