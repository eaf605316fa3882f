import struct

import bson

from servers import probe


def test_hello_is_a_message_as_the_drivers_send_it() -> None:
    message = probe.hello()
    length, _, answered, operation = struct.unpack("<iiii", message[:16])
    assert (length, answered, operation) == (len(message), 0, 2013)
    assert message[16:21] == bytes(5), "no flags, a section of one document"
    assert bson.decode(message[21:]) == {"hello": 1, "$db": "admin"}
