"""Notices of the exchange in the reader's language."""

from timebank.exchange import notice_texts_annulments, notice_texts_giving, notice_texts_visits, notice_texts_volunteers

ROOMS = (notice_texts_volunteers, notice_texts_visits, notice_texts_giving, notice_texts_annulments)
TEXTS = {kind: text for room in ROOMS for kind, text in room.TEXTS.items()}
