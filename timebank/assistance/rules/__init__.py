"""Rules of assistance, without a database."""
