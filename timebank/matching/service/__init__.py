"""What coordinators do with plans."""
