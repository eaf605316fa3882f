"""The category of a job: what the source calls it, or else what the title plainly is.

A source's own name counts whole ("Accounting / Finance"), or by its parts where those that are
known agree ("Engineering - Platform"). A title decides only by its role, and only by roles that
belong to one category wherever they are found: a consultant or a technician may be in any.
"""

import re
from collections.abc import Iterable, Mapping

from models.posting import Evidence, Given
from processing.evidence import stated
from reference import categories

BY = "category@1"

_PART = re.compile(r"[^/|,;>()\[\]]+?(?=\s+[-–—]\s+|[/|,;>()\[\]]|$)")
_EDGE = " \t-–—"

_ROLES: Mapping[str, tuple[str, ...]] = {
    "engineering": (
        "machine learning engineer",
        "research engineer",
        "site reliability engineer",
        "devops engineer",
        "mobile engineer",
        "embedded engineer",
        "frontend engineer",
        "backend engineer",
        "full-stack engineer",
        "qa engineer",
        "forward deployed engineer",
        "engineering manager",
        "software engineer",
        "systems engineer",
        "mechanical engineer",
        "electrical engineer",
    ),
    "data": ("data scientist", "data engineer", "data analyst"),
    "security": ("security engineer",),
    "science": ("research scientist",),
    "sales": ("sales engineer", "account executive", "sales representative", "sales manager"),
    "support": ("support engineer", "customer support"),
    "it": ("it support specialist", "systems administrator"),
    "manufacturing": ("manufacturing engineer",),
    "construction": ("civil engineer",),
    "marketing": ("product marketing manager", "marketing manager"),
    "product": ("product manager",),
    "design": ("product designer", "graphic designer"),
    "project-management": ("program manager", "project manager"),
    "customer-success": ("customer success manager",),
    "hr": ("recruiter", "hr business partner"),
    "finance": ("accountant", "financial analyst"),
    "legal": ("lawyer",),
    "logistics": ("supply chain planner", "driver", "warehouse associate"),
    "administration": ("administrative assistant",),
    "healthcare": ("physician", "nurse", "therapist"),
    "education": ("teacher",),
    "hospitality": ("cook", "waiter"),
}
_OF_ROLE = {role: category for category, roles in _ROLES.items() for role in roles}


def category(
    given: Given, roles: tuple[tuple[str, ...], tuple[Evidence, ...]]
) -> tuple[str, Evidence] | None:
    """The category and where it is said; None where nothing says it clearly.

    `roles` are those of the title, each with its evidence.
    """
    if (known := _named(given.category or "")) is not None:
        return known, stated(given, "category").whole(BY)
    names, spans = roles
    known = _only(_OF_ROLE.get(role, "") for role in names)
    if not known:
        return None
    return known, spans[0].model_copy(update={"by": BY})


def _named(name: str) -> str | None:
    parts = (part[0].strip(_EDGE) for part in _PART.finditer(name))
    return categories.canonical(name) or _only(map(categories.canonical, parts))


def _only(found: Iterable[str | None]) -> str | None:
    """The one category among these, where there is no second; None stands for a name that is none
    of ours."""
    different = {category for category in found if category is not None}
    return different.pop() if len(different) == 1 else None
