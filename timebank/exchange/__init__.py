"""The time bank's daily life: schemes, service catalogue, volunteers, requests, offers, visits, hours.

1. A visit is credited at most once; credited minutes never exceed actual minutes times the weight (domain.md C8.3).
2. Two visits of one volunteer, or of one recipient with the same helper, never overlap; the database refuses it.
3. Helper and recipient differ and do not share a household (C8.4).
4. What a visit will cost is on hold before a helper is asked; a cancelled visit frees it (C3.2).
5. Who records hours by hand is not the one who reviews them (C7, C3.3).
6. After the storage cap a member holds at most the cap; the overflow goes elsewhere (C8.5).
"""
