"""The HTTP edge: one FastAPI application, one router a domain, the Serve ingress."""
