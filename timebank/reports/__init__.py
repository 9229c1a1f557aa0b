"""First pages and reports.  Reads only; every number has a definition beside it.

1. A report shows nothing outside the territory for which the reader holds `reports.read`.
2. The first page costs no more than twenty statements, whatever the role.
"""
