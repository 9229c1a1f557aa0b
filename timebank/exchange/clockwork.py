"""What the exchange does by the clock."""

from timebank.exchange import clockwork_alarms, clockwork_giving, clockwork_grants, clockwork_visits

JOBS = [*clockwork_grants.JOBS, *clockwork_giving.JOBS, *clockwork_visits.JOBS, *clockwork_alarms.JOBS]
