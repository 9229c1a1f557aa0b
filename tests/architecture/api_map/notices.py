"""Pages of notices and what does the same in the API."""

COVERED = {
    "notices.drop_letter": "drop_letter",
    "notices.letter_file": "get_letter_pile",
    "notices.letter_piles": "list_letter_piles",
    "notices.letter_queue": ("count_letters", "list_letters"),
    "notices.letter_wish": ("get_letter_wish", "set_letter_wish"),
    "notices.my_wish": ("get_own_letter_wish", "set_own_letter_wish"),
    "notices.letters_again": "print_letters_again",
    "notices.letters_posted": "post_letters",
    "notices.print_letters": "print_letters",
    "notices.inbox": "list_notices",
    "notices.open_notice": "mark_notice_read",
    "notices.outbox": ("list_outbox", "count_outbox"),
    "notices.read_all": "mark_all_notices_read",
    "notices.send_again": "send_notice_again",
}
EXCEPTIONS: dict[str, str] = {}
