"""Who owns a copy of the postings: of which store it is, and the next epoch of the owner's name.

Epochs alone would mislead where one data folder has seen several stores, each of which counts from
one: a laptop that was tried out on servers and came back, say. So each store is given an identity
when the first index is made of it.
"""

from collections.abc import Callable

from backends.documents.base import Documents, Insert
from backends.documents.collections import EPOCHS
from backends.search.base import Owner
from models.base import new_id

IDENTITY = "store"
"""The id of the document that says which store this is; the names of owners have a colon."""


async def next_owner(
    documents: Documents, name: str, *, new_id: Callable[[], str] = new_id
) -> Owner:
    """Take the next epoch of `name`. Raises Unavailable."""
    await documents.insert_absent(EPOCHS, [Insert(IDENTITY, {"identity": new_id()})])
    found = await documents.get(EPOCHS, IDENTITY)
    fence = await documents.take_epoch(name)
    return Owner(found.body["identity"], fence.epoch)
