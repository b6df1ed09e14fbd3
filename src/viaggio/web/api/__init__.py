"""The HTTP API: what programs read and bring in, with bearer tokens."""
