"""Postings sent through a whole system or its shards, measured meanwhile, checked at the end."""
