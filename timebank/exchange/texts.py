"""Refusals of the exchange, one sentence per code."""

from timebank.exchange import texts_visits, texts_volunteers

REFUSALS = {**texts_volunteers.REFUSALS, **texts_visits.REFUSALS}
