"""Verbs of the exchange."""
