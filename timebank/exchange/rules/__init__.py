"""Rules of the exchange: pure decisions; what they need comes as arguments."""
