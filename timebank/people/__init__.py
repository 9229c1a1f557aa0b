"""The one registry of persons: volunteer, neighbour in need and assistance client are one person in one row.

1. A person is registered once: the ID number's blind index is unique (domain.md C8.13).
2. ID number, phone and health are encrypted; whoever reads them in clear is written down (C8.18).
3. A merge keeps both rows and can be undone; everything of the merged person is found through the kept one.
4. Leaving one role leaves the others (C8.21).
5. Data of a child under 14 need the guardian's consent or a statutory basis (C8.19).
"""
