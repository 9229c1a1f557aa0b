"""What assistance shows."""
