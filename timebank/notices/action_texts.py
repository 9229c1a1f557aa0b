"""What the audit log says about each deed of this domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

ACTIONS: dict[str, Any] = {
    "wish.letters": _l("How somebody wants to be written to"),
    "print.letters": _l("Letters printed"),
    "read.letters": _l("File of a pile of letters opened"),
    "post.letters": _l("Letters posted"),
    "spoil.letters": _l("Pile of letters spoilt, to be printed once more"),
    "drop.letter": _l("Letter not sent"),
    "send_again.notice": _l("Message sent again"),
}
