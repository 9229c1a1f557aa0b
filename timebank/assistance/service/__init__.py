"""The writers of assistance."""
