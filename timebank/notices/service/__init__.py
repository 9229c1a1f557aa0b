"""Writing notices and letters."""

from timebank.notices.service.outbox import mark_all_read, mark_read, send_again, tell

__all__ = ["mark_all_read", "mark_read", "send_again", "tell"]
