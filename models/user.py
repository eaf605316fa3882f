"""People and their sessions."""

from enum import StrEnum

from models.base import Model, Timestamp


class Role(StrEnum):
    SEEKER = "seeker"
    EMPLOYER = "employer"
    ADMIN = "admin"


class User(Model):
    """`email` is normalised (lower case, NFKC); `password_hash` is Argon2id in PHC form."""

    id: str
    email: str
    name: str
    role: Role
    password_hash: str
    email_verified: bool = False
    created_at: Timestamp
    disabled_at: Timestamp | None = None


class Session(Model):
    """A family of refresh tokens: only `refresh_jti` is good; a spent one revokes the family."""

    id: str
    user_id: str
    refresh_jti: str
    created_at: Timestamp
    expires_at: Timestamp
    revoked_at: Timestamp | None = None


class Company(Model):
    """An employer by its normal name; `postings` is counted when it is read."""

    id: str
    name: str
    slug: str
    created_at: Timestamp
