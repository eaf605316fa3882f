"""What the fault matrix promises, shown on the running system: `python -m chaos`.

Each row injects one fault, again and again, while seeded people post over HTTP and others wait to
be told. Every answer of 2xx goes to an fsynced ledger before anything else is done; from the
ledger alone the oracle (`matching.evaluate`, posting by posting and alert by alert) says who must
be told of what; the sinks (the inboxes over the API, a mail server of ours) say who was told; the
checker subtracts one from the other. What is lost, told twice, told wrongly or told out of order
fails the row, whatever else it shows.

`row` says what a row is, `catalogue` lists them, `load` is the traffic under which a fault is
injected, `stage` starts the systems, `report` makes the table. Nothing in the product imports this.
"""
