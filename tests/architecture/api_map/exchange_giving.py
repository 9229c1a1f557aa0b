"""Pages of gifts to relatives, the pot and what lies above the cap, and what does the same in the API."""

COVERED = {
    "exchange.ask_gift": "ask_gift",
    "exchange.check_gift": "check_gift",
    "exchange.gift": "get_gift",
    "exchange.gifts": "list_gifts",
    "exchange.give_from_the_pot": ("give_from_pot", "list_pot_gifts"),
    "exchange.my_gifts": "list_own_gifts",
    "exchange.my_overflow": "set_overflow",
    "exchange.new_gift": "ask_gift",
    "exchange.refuse_gift": "refuse_gift",
    "exchange.volunteer_overflow": "set_overflow",
    "exchange.withdraw_gift": "withdraw_gift",
}
EXCEPTIONS: dict[str, str] = {}
