"""How many of each actor there are, and who of them is at work.

The shards of a kind at one time are a *generation*. Another number of shards is another generation:
it loads while the current one works, takes over in one step, and the one before is retired. A
generation's number is never used again, so that what it left behind is nobody else's.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import Field

from models.base import Model

SUPERVISOR: Final = "supervisor"
Kind = Literal["index", "matcher", "processor", "notifier", "supervisor"]
SCALED: tuple[Kind, ...] = ("index", "matcher", "processor", "notifier")
"""The kinds that there may be several of, in the order they are started."""
Shards = Literal[1, 2, 4, 8, 16]
"""They divide the partitions of a topic, so that a partition is one shard's whole."""
SHARDS: tuple[int, ...] = get_args(Shards)


@dataclass(frozen=True, slots=True)
class ActorRole:
    """Shard `shard` of `shards` of one kind, in a generation. `follows` names the actors whose work
    it takes up, where it has not begun yet."""

    kind: Kind
    shard: int = 0
    shards: int = 1
    generation: int = 1
    follows: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`matcher:0` in the first generation, `matcher:0@2` in the second."""
        if self.kind == SUPERVISOR:
            return SUPERVISOR
        later = f"@{self.generation}" if self.generation > 1 else ""
        return f"{self.kind}:{self.shard}{later}"


class Generation(Model):
    number: Annotated[int, Field(ge=1)]
    shards: Shards

    def roles(self, kind: Kind, follows: tuple[str, ...] = ()) -> tuple[ActorRole, ...]:
        shards = range(self.shards)
        return tuple(ActorRole(kind, shard, self.shards, self.number, follows) for shard in shards)

    def names(self, kind: Kind) -> tuple[str, ...]:
        return tuple(role.name for role in self.roles(kind))


class Plan(Model):
    """Of one kind, the stored document: `current` is at work, `next` gets ready, and of those that
    are `retired` only what they left behind is still there. `made` is the last number given."""

    kind: Kind
    current: Generation
    next: Generation | None = None
    retired: tuple[Generation, ...] = ()
    made: int = 1

    @classmethod
    def first(cls, kind: Kind, shards: Shards) -> Self:
        return cls(kind=kind, current=Generation(number=1, shards=shards))

    @property
    def working(self) -> tuple[ActorRole, ...]:
        # Whoever is retired with a later number was given up before it worked.
        worked = (gone for gone in self.retired if gone.number < self.current.number)
        left = tuple(name for gone in worked for name in gone.names(self.kind))
        return self.current.roles(self.kind, follows=left)

    @property
    def waiting(self) -> tuple[ActorRole, ...]:
        if self.next is None:
            return ()
        return self.next.roles(self.kind, follows=self.current.names(self.kind))

    def wished(self, shards: Shards) -> "Plan":
        """With `shards` as the goal; the same plan where they are it already."""
        if shards == (self.next or self.current).shards:
            return self
        given_up = (self.next,) if self.next else ()
        plan = self.model_copy(update={"next": None, "retired": (*self.retired, *given_up)})
        if shards == self.current.shards:
            return plan
        made = self.made + 1
        update = {"next": Generation(number=made, shards=shards), "made": made}
        return plan.model_copy(update=update)

    def taken_over(self) -> "Plan":
        """The next generation is the current one now."""
        assert self.next is not None, "nobody is next"
        retired = (*self.retired, self.current)
        return self.model_copy(update={"current": self.next, "next": None, "retired": retired})

    def tidied(self, gone: tuple[Generation, ...]) -> "Plan":
        """Nothing is left of these."""
        left = tuple(generation for generation in self.retired if generation not in gone)
        return self.model_copy(update={"retired": left})
