"""Bodies and answers of the API; their names are the names in the OpenAPI document."""
