"""The long-lived owners of state: a plain object each, and the one Ray shell around all of them."""
