"""What the exchange does by the clock."""

from timebank.exchange import clockwork_visits

JOBS = [*clockwork_visits.JOBS]
