"""Numbers and first pages."""
