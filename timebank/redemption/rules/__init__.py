"""What may be redeemed, how much and by whom.  Pure: no database, no clock."""
