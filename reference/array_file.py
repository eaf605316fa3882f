"""Named arrays in one file that every process of a machine maps instead of making its own.

A header, a table of the arrays, then the arrays themselves in the machine's byte order, each at a
multiple of eight bytes, so that a `memoryview` of the map reads them in place: nothing is parsed,
and the pages are shared by all processes.

The header names the file's size, the checksum of the table and the fingerprint of what the arrays
were made of. A file that is cut short, of another format or of another source is refused. The
arrays are not summed: that would read all of the file at each start. They need not be, because a
file gets its name only after all of it is on disk.
"""

import mmap
import os
import struct
from collections.abc import Mapping
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO
from zlib import crc32

Arrays = Mapping[str, memoryview]

_MAGIC = b"JOBRAY\x00A"
_VERSION = 1
_HEADER = struct.Struct("<8s I I 32s Q I 4x")
"""Magic, format version, number of arrays, fingerprint, size of the file in bytes, CRC-32 of the
table."""
_ENTRY = struct.Struct("<22s 2s Q Q")
"""Name, typecode of `array`, offset and length in bytes."""
FINGERPRINT_BYTES = 32


def _aligned(offset: int) -> int:
    return (offset + 7) & ~7


def write_arrays(path: Path, fingerprint: bytes, arrays: Arrays) -> None:
    """Put the arrays at `path`, all at once: a reader sees the old file or the new one.

    The folder is made where it is missing. Writers may race; the last one wins. The fingerprint
    has `FINGERPRINT_BYTES`, a name at most 22 bytes. Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = mkstemp(dir=path.parent, prefix=path.name)
    draft = Path(name)
    try:
        with open(descriptor, "wb") as file:
            _write(file, fingerprint, arrays)
        draft.chmod(0o644)
        draft.replace(path)
    except BaseException:
        draft.unlink()
        raise


def _write(file: BinaryIO, fingerprint: bytes, arrays: Arrays) -> None:
    file.write(_head(fingerprint, arrays))
    for values in arrays.values():
        file.write(bytes(_aligned(file.tell()) - file.tell()))
        file.write(values)
    file.flush()
    # Else a power cut could leave the new name on a file whose data never arrived.
    os.fsync(file.fileno())


def _head(fingerprint: bytes, arrays: Arrays) -> bytes:
    table = bytearray()
    end = _HEADER.size + _ENTRY.size * len(arrays)
    for name, values in arrays.items():
        start = _aligned(end)
        end = start + values.nbytes
        table += _ENTRY.pack(name.encode(), values.format.encode(), start, values.nbytes)
    header = _HEADER.pack(_MAGIC, _VERSION, len(arrays), fingerprint, end, crc32(table))
    return header + table


def map_arrays(path: Path, fingerprint: bytes) -> Arrays:
    """The arrays of the file, read-only and mapped as long as one of them is held.

    Raises OSError where there is no file to read, ValueError where it is not a whole file of this
    format and fingerprint.
    """
    with path.open("rb") as file:
        data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    table = _table(data, fingerprint)
    return {
        name.rstrip(b"\0").decode(): data[start : start + length].cast(code.rstrip(b"\0").decode())
        for name, code, start, length in _ENTRY.iter_unpack(table)
    }


def _table(data: memoryview, fingerprint: bytes) -> memoryview:
    if len(data) < _HEADER.size:
        raise ValueError("the file is shorter than its header")
    magic, version, count, made_of, size, checksum = _HEADER.unpack_from(data)
    if (magic, version) != (_MAGIC, _VERSION):
        raise ValueError("the file is of another format")
    if made_of != fingerprint:
        raise ValueError("the file was made of another source")
    table = data[_HEADER.size : _HEADER.size + _ENTRY.size * count]
    if size != len(data) or checksum != crc32(table):
        raise ValueError("the file is damaged")
    return table
