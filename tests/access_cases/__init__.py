"""Who gets which page: one file per domain with a list `ACCESS_CASES` (see `tests/architecture/cases.py`)."""
