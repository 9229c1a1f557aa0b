"""Messages out: an outbox filled in the transaction that has something to say, emptied by a job.

1. A notice exists if and only if what it tells happened.
2. Whoever has neither phone nor e-mail, or wishes so, is written to on paper; no letter is printed or posted twice.
3. A text is in the reader's language and holds no illness, no ID number (domain.md C8.16).
"""
