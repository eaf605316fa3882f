"""How much one replica takes on at a time: the numbers that must fit together, in one place.

An open stream (SSE, WebSocket) holds one of the replica's request slots for as long as it is open.
So streams may take a share of the slots and never all of them: whoever comes with a short request
finds a free one, however many people listen.
"""

MAX_ONGOING_REQUESTS = 1000
"""Requests and streams of one replica. Serve's default of 5 would stop it at the fifth reader."""


def streams_of(max_ongoing_requests: int) -> int:
    """How many open streams a replica of so many slots takes. The rest of the slots is for
    requests, which hold one for milliseconds."""
    return max_ongoing_requests * 6 // 10


STREAMS = streams_of(MAX_ONGOING_REQUESTS)
"""Open streams of one replica that was told nothing else."""
STREAMS_PER_ADDRESS = 50
"""Open streams of one address: a house behind one router, not a flood of one machine's."""
STREAMS_PER_USER = 10
"""Open streams of one user: a browser with many tabs, not a flood."""
