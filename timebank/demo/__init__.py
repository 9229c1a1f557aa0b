"""The made-up (but realistic) neighbourhood: real places and codes, invented people, three months of life.

1. Everything is written through the same services as in real life, each at its own moment (`core.clock.pretend`).
2. The same seed on the same day gives the same town.
3. A database that holds people is never touched.
4. Nobody of the demo exists; its identity numbers pass the check but belong to nobody known to us.
"""
