"""How the tenant of each kind of actor is made in its process: one module a kind, named after it.

An actor imports the module of its own kind only: what the others need would cost every process
memory and every start time.
"""
