"""Rules of access, without a database."""
