"""The nouns of the product: frozen pydantic types, events and errors. Imports nothing of ours."""
