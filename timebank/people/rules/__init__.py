"""What a person's data may be, and who may be the same person.  Pure: no database, no request."""
