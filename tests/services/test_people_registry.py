"""Registering, finding, joining and parting people."""

from __future__ import annotations

