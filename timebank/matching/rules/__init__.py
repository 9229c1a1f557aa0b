"""The rules of matching.  Pure: no database, no clock; seconds from midnight, metres on a plane (formats.md §3)."""
