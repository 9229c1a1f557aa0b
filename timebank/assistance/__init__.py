"""Help by the state and by partners for one person: case, home visits, needs, plan, health file, category status.

1. A case belongs to one person; its words, findings and health data are encrypted (domain.md B11).
2. Whoever opens a case, its plan sheet or a health file says why, and is written down with that purpose (C8.18).
3. Who works on a case does not approve its plan, and nobody handles the case of a relative (C7 separation).
4. What a plan promises is approved before it is delivered, except in an emergency (aid first, C3.10).
5. A closed case has a reason, nothing left to deliver, and may be opened again once.
6. Of a child under 14 a case needs the guardian's consent, or a statutory or emergency basis (C8.19).
7. The time bank's side (broker, desk, volunteers) never learns that a case exists (N22).
"""
