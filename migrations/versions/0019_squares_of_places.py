"""Homes of helpers are found in squares by the reach of those who live there: one index instead of two.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TIER = (
    "(CASE WHEN lat IS NULL OR lon IS NULL THEN 5 WHEN reach_m <= 600 THEN 0 WHEN reach_m <= 1300 THEN 1"
    " WHEN reach_m <= 2600 THEN 2 WHEN reach_m <= 5200 THEN 3 ELSE 4 END)"
)
BAND = "(CAST(lat * 200 AS INTEGER))"
FAR = sa.text("reach_m > 2600")
COLUMNS = ["lat", "lon", "reach_m"]


def upgrade() -> None:
    op.drop_index("ix_volunteer_place_far", "volunteer_place")
    op.drop_index("ix_volunteer_place_near", "volunteer_place")
    square = [sa.text(TIER), sa.text(BAND), "lon", "lat", "reach_m"]
    op.create_index("ix_volunteer_place_square", "volunteer_place", square)


def downgrade() -> None:
    op.drop_index("ix_volunteer_place_square", "volunteer_place")
    op.create_index("ix_volunteer_place_near", "volunteer_place", COLUMNS)
    op.create_index("ix_volunteer_place_far", "volunteer_place", COLUMNS, sqlite_where=FAR, postgresql_where=FAR)
