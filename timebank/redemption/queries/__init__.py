"""What the desk reads: members' standing, shelves, receipts, the day."""
