"""The service desk: hours for goods and for care.

1. Hours, stock and receipt change in one transaction or not at all; a retry changes nothing (domain.md C3.4).
2. Stock is counted in the ledger (unit ``sku:<code>``) and never falls below zero, whoever is first.
3. Nobody redeems more than is available, nor more of a kind than the scheme's share of what was earned (F4).
4. A return is a posting of its own in the opposite direction; the receipt shows the whole chain.
5. A wrong PIN is counted even though nothing else is kept.
"""
