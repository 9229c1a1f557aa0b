"""Pages of alarms and of what is printed for people without a phone, and what does the same in the API."""

COVERED = {
    "exchange.alarm_list": "list_alarms",
    "exchange.alarm_page": ("get_alarm", "close_alarm"),
    "exchange.alarm_phones": "get_alarm_phones",
    "exchange.new_booklet": "start_booklet",
    "exchange.passbook": "get_passbook",
    "exchange.passbook_print": "get_passbook_print",
    "exchange.poster": "get_poster",
    "exchange.poster_file": "get_poster_file",
    "exchange.print_passbook": "print_passbook",
    "exchange.print_passbook_again": "print_passbook_again",
}
EXCEPTIONS = {
    "exchange.passbook_css": "Where the rows stand for a browser that prints; get_passbook_print tells the measures",
}
SHOWN = {"exchange.alarm_phones"}
