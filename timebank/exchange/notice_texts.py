"""Notices of the exchange in the reader's language."""

from timebank.exchange import notice_texts_giving, notice_texts_visits, notice_texts_volunteers

TEXTS = {**notice_texts_volunteers.TEXTS, **notice_texts_visits.TEXTS, **notice_texts_giving.TEXTS}
