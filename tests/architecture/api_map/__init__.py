"""For each domain: which operation of the API does what a page does.

`<domain>.py`, or `<domain>_<part>.py` where one file would be long, with

    COVERED = {"people.edit": "update_person", "people.history": ("get_history", "list_seen")}
    EXCEPTIONS = {"people.find": "Suggestions while one types; list_people finds the same people"}
    SHOWN = {"people.reveal"}  # its form asks to be shown something: the operation is a GET although the page is not

The first part of a page's endpoint is the domain.  A page stands in exactly one of the first two tables.
"""
