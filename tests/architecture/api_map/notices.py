"""Pages of notices and what does the same in the API."""

COVERED = {
    "notices.inbox": "list_notices",
    "notices.open_notice": "mark_notice_read",
    "notices.outbox": ("list_outbox", "count_outbox"),
    "notices.read_all": "mark_all_notices_read",
    "notices.send_again": "send_notice_again",
}
EXCEPTIONS: dict[str, str] = {}
