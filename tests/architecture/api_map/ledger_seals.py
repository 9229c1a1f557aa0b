"""Pages of seals and proofs, and what does the same in the API."""

COVERED = {
    "ledger.proof": "get_proof",
    "ledger.proof_file": "get_proof",
    "ledger.seal": "get_seal",
    "ledger.seal_json": "get_seal",
    "ledger.seals": ("list_seals", "list_seal_tenants"),
    "ledger.seals_json": ("list_seals", "list_seal_tenants"),
}
EXCEPTIONS = {
    "ledger.seal_keys": "The published file of keys itself, to be kept; list_seal_tenants tells the same keys",
    "ledger.seals_file": "The published file itself, to be compared with a later one; list_seals tells the same seals",
}
