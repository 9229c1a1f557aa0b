"""How fast the ledger posts, beside the cheapest thing that would still be one, and beside others.

`contestants` post, `race` lets them post in turns, `growth` looks at ten million entries, `report` writes the table and
the picture to docs/benchmarks/.
"""
