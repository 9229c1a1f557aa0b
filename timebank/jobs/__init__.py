"""What runs by the clock, and how it went.

1. A job runs in one process at a time, however many are started: it needs its lease row.
2. A lease of a process that died ends by itself.
3. Every run is written down, also the ones that failed.
"""
