"""What the exchange does by the clock."""

from timebank.exchange import (
    clockwork_alarms,
    clockwork_annulments,
    clockwork_giving,
    clockwork_grants,
    clockwork_netting,
    clockwork_visits,
)

ROOMS = (
    clockwork_grants,
    clockwork_giving,
    clockwork_annulments,
    clockwork_netting,
    clockwork_visits,
    clockwork_alarms,
)
JOBS = [job for room in ROOMS for job in room.JOBS]
