"""Pure rules of the ledger: kinds of accounts and transfers, identifiers, digests."""
