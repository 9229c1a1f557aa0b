"""City > district > street > community > grid; who is responsible where.

1. A territory is known by its published code; a code lies inside every code it starts with (grids add three digits).
2. A responsible person holds a duty for a territory from a day, until a day.
"""
