"""How a person is shown: an allow-list, so that a new field of `User` is not shown by itself."""

from models.base import Model
from models.user import Role, User


class Me(Model):
    """One's own account."""

    id: str
    email: str
    name: str
    role: Role
    email_verified: bool


def me(user: User) -> Me:
    return Me(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role,
        email_verified=user.email_verified,
    )
