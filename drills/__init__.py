"""Drills: what nobody hopes for, done on purpose to real processes and real databases.

Each module is one drill.  It offers `TITLE` and `cases()`; a case is one way to set things up, and one of them is
deliberately weak: it must fail, or the drill has proved nothing.

1. Whatever was acknowledged is there afterwards, once; whatever was not is there once or not at all.
2. Nothing is half: the books are sound by the same rules as `flask ledger verify`.
3. A drill ends only processes it started, by their numbers, and leaves none behind.
"""
