"""Pages of places and what does the same in the API."""

COVERED = {
    "territory.end_duty": "end_duty",
    "territory.index": "list_territories",
    "territory.new_duty": "give_duty",
    "territory.new_grid": "add_grid",
    "territory.place": "get_territory",
    "territory.point": "set_point",
    "territory.rename": "rename_grid",
}
EXCEPTIONS: dict[str, str] = {}
