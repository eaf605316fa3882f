"""Which shard owns whom: 256 buckets by hash of the key; shard s of S owns b with b % S == s."""

import zlib

BUCKETS = 256


def bucket_of(key: str) -> int:
    """The bucket of a user id or posting id, 0..255; the same on every machine for ever."""
    return zlib.crc32(key.encode()) % BUCKETS


def owns(shard: int, shards: int, bucket: int) -> bool:
    return bucket % shards == shard
