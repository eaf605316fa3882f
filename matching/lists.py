"""Named lists of companies and skills that a query can ask for: `company:@agencies`.

A person's own lists are given to the parser by whoever knows the person. Their names are copied
into the tree when a query is saved, so that a tree means the same wherever it is read; the lists
that the product brings are known everywhere (`reference.companies`) and are not copied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from reference import companies


@dataclass(frozen=True, slots=True)
class NamedList:
    """`items` are names as the person wrote them, or canonical skills; empty where the product
    brings the list."""

    field: Literal["company", "skill"]
    items: tuple[str, ...] = ()


Lists = Mapping[str, NamedList]
"""Lists by name, without the `@`."""

BUILT_IN: Lists = {name: NamedList("company") for name in companies.LISTS}
