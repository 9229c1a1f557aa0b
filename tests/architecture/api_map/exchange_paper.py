"""Pages of alarms and of what is printed for people without a phone, and what does the same in the API."""

COVERED = {
    "exchange.alarm_list": "list_alarms",
    "exchange.alarm_page": ("get_alarm", "close_alarm"),
    "exchange.alarm_phones": "get_alarm_phones",
}
EXCEPTIONS: dict[str, str] = {}
SHOWN = {"exchange.alarm_phones"}
