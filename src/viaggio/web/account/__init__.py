"""Signing in and out, and one's own profile, sessions and API tokens."""
