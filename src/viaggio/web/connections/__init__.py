"""Connections to other systems: webhooks, mail and message gateways."""
