"""How relevant a posting is: a point for each thing that a wanted word achieves in it.

Each word (or phrase, or prefix) that the criteria ask for scores by the best field it stands in:
3 points in the title, 2 in company or skills, 1 in the description. The points of all are added;
of equal postings the newer comes first, as everywhere.

There are no statistics in it on purpose. BM25 weighs a word by how rare it is among its neighbours:
a score would then depend on which postings happen to share the shard, the replaced and deleted ones
included, and could be compared neither between shards nor between two pages with a commit in
between. These points are small integers, the same in every index and for ever, so the pages of
several shards merge exactly. https://doi.org/10.1561/1500000019 is what was left out: how rare a
word is matters little where nearly every query asks for all of its words.
"""

from collections.abc import Collection, Iterator

from backends.search.compile import AnyOf, Plan, by_field
from matching.subject import TEXT_FIELDS
from models.criteria import Words

STEPS: tuple[Collection[str], ...] = (TEXT_FIELDS, ("title", "company", "skills"), ("title",))
"""A word scores one point for each of these that has a field in which it stands."""


def points_of(fields: Collection[str]) -> int:
    """What one word scores that stands in these fields."""
    return sum(any(field in step for field in fields) for step in STEPS)


def points(test: Words) -> Iterator[Plan]:
    """Plans that each are worth one point, those that can hold at all."""
    found = by_field(test)
    for step in STEPS:
        plans = tuple(plan for field, plan in found if field in step)
        if plans:
            yield AnyOf(plans)
