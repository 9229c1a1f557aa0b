"""Accounts, roles granted for a territory and a time, sign-in, and who saw what.

1. Nothing is allowed unless a role held today for that territory (or one around it) says so.
2. Passwords and PINs are kept as argon2id; guessing is throttled in the database, across processes.
3. A token, a session and a card can be withdrawn at once.
"""
