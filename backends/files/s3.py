"""Files in a bucket of S3, or of a server that speaks its protocol.

A file is one object, put by one request: it appears whole or not at all. Each is stored as an
attachment of no type, so that a browser which follows a link downloads it and shows nothing of it.
Links are S3's own presigned URLs: the bytes go from S3 to the browser and not through us.

A request that fails by the network or by a 5xx is tried again, RETRIES times in all and TIMEOUT_S
long; then, and at once where the store refuses, the verb raises Unavailable.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from backends.files.base import FileInfo
from backends.files.links import check_expiry
from backends.files.names import check_folder, is_name, parts
from backends.files.newest import Newest, newest_first
from models.errors import Conflict, NotFound, Unavailable

if TYPE_CHECKING:  # these types are in obstore's stubs only
    from obstore.store import ClientConfig, RetryConfig, S3Config

RETRIES = 2
TIMEOUT_S = 10.0
CONNECT_TIMEOUT_S = 2.0
_ATTRIBUTES = {
    "Content-Type": "application/octet-stream",
    "Content-Disposition": "attachment",
    "Cache-Control": "private, no-store",
}
_NO_BUCKET = "<Code>NoSuchBucket</Code>"


class S3Files:
    """The Files port on `s3://bucket[/prefix]`; the bucket must exist.

    What is empty of `region`, `access_key_id` and `secret_access_key` comes from where AWS' own
    programs have it: the AWS_… variables, a role of the machine or of the pod. `endpoint` is the
    URL of a server that is not AWS'; `link_endpoint` is where browsers reach the same one, if
    elsewhere. Raises ValueError for a URL of another kind.
    """

    def __init__(
        self,
        url: str,
        *,
        endpoint: str = "",
        link_endpoint: str = "",
        region: str = "",
        access_key_id: str = "",
        secret_access_key: str = "",
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        scheme, _, place = url.partition("://")
        bucket, _, prefix = place.partition("/")
        if scheme != "s3" or not bucket:
            raise ValueError(f"expected s3://bucket or s3://bucket/prefix, got {url}")

        def store(endpoint: str) -> S3Store:
            if endpoint and not endpoint.startswith(("http://", "https://")):
                raise ValueError(f"expected http://… or https://…, got {endpoint}")
            return S3Store(
                bucket,
                prefix=prefix.strip("/") or None,
                config=_config(endpoint, region, access_key_id, secret_access_key),
                client_options=_client(timeout_s, allow_http=endpoint.startswith("http://")),
                retry_config=_retries(timeout_s),
            )

        self._store = store(endpoint)
        self._links = store(link_endpoint) if link_endpoint else self._store

    async def open(self) -> None:
        """Look at the bucket. Raises Unavailable where it cannot be listed."""
        with _store_errors():
            async for _ in self._store.list("open", chunk_size=1):
                return

    async def close(self) -> None:
        """The client has no end of its own: its connections go with it."""

    async def put(self, name: str, content: bytes, *, if_absent: bool = False) -> None:
        parts(name)
        try:
            with _store_errors(AlreadyExistsError):
                await self._store.put_async(
                    name,
                    content,
                    attributes=_ATTRIBUTES,
                    mode="create" if if_absent else "overwrite",
                    use_multipart=False,
                )
        except AlreadyExistsError as error:
            raise Conflict(f"there is a file {name} already") from error

    async def get(self, name: str) -> bytes:
        parts(name)
        try:
            with _store_errors(FileNotFoundError):
                found = await self._store.get_async(name)
                return bytes(await found.bytes_async())
        except FileNotFoundError as error:
            raise NotFound(f"there is no file {name}") from error

    async def delete(self, name: str) -> None:
        parts(name)
        with _store_errors():
            await self._store.delete_async(name)

    async def list(self, folder: str) -> AsyncIterator[FileInfo]:
        check_folder(folder)

        async def look(newest: Newest) -> None:
            with _store_errors():
                async for page in self._store.list(folder, chunk_size=1000):
                    for each in page:
                        if is_name(each["path"]):
                            newest.add(FileInfo(each["path"], each["size"], each["last_modified"]))

        async for info in newest_first(look):
            yield info

    async def link(self, name: str, *, expires_s: float) -> str:
        parts(name)
        check_expiry(expires_s)
        with _store_errors():
            return await obstore.sign_async(self._links, "GET", name, timedelta(seconds=expires_s))


def _config(endpoint: str, region: str, access_key_id: str, secret_access_key: str) -> "S3Config":
    """What is said here goes before the environment; what is empty is left to it."""
    config: S3Config = {"disable_bulk_delete": True}
    if endpoint:
        config["endpoint"] = endpoint
    if region:
        config["region"] = region
    if access_key_id:
        config["access_key_id"] = access_key_id
        config["secret_access_key"] = secret_access_key
    return config


def _client(timeout_s: float, *, allow_http: bool) -> "ClientConfig":
    return {
        "allow_http": allow_http,
        "connect_timeout": timedelta(seconds=min(timeout_s, CONNECT_TIMEOUT_S)),
        "timeout": timedelta(seconds=timeout_s),
    }


def _retries(timeout_s: float) -> "RetryConfig":
    return {
        "max_retries": RETRIES,
        "retry_timeout": timedelta(seconds=timeout_s),
        "backoff": {
            "init_backoff": timedelta(milliseconds=50),
            "max_backoff": timedelta(seconds=1),
            "base": 2,
        },
    }


@contextmanager
def _store_errors(*expected: type[Exception]) -> Iterator[None]:
    """Any other than these becomes Unavailable, and so does a bucket that is not there."""
    try:
        yield
    except (BaseError, OSError) as error:
        if isinstance(error, expected) and _NO_BUCKET not in str(error):
            raise
        # Its text repeats the request, with the signature in it.
        raise Unavailable(f"the file store refused ({type(error).__name__})") from error
