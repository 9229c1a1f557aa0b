"""Timebank: neighbours help neighbours, and every hour is kept in a ledger that nobody can bend."""
