"""E-mail through the server of `TIMEBANK_SMTP_URL`.

smtp://user:password@host:port (with STARTTLS where the server offers it), smtps:// for TLS from the start;
`?from=address` names the sender.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from flask import current_app

from timebank.notices.channels.base import ChannelError, Letter

SECONDS = 15


def is_set_up() -> bool:
    """Does the installation have a mail server?"""
    return bool(current_app.config.get("TIMEBANK_SMTP_URL"))


def send(letter: Letter) -> None:
    """Hands the letter to the server.  Raises `ChannelError` when it is not there, is slow (15 s) or says no."""
    server = urlsplit(str(current_app.config["TIMEBANK_SMTP_URL"]))
    try:
        with _connect(server) as connection:
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(_message(letter, _sender(server)))
    except (OSError, smtplib.SMTPException) as error:
        raise ChannelError(f"{type(error).__name__}: {error}") from error


def _connect(server: SplitResult) -> smtplib.SMTP:
    host = server.hostname or "localhost"
    if server.scheme == "smtps":
        return smtplib.SMTP_SSL(host, server.port or 465, timeout=SECONDS, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, server.port or 25, timeout=SECONDS)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
        connection.ehlo()
    return connection


def _sender(server: SplitResult) -> str:
    named = parse_qs(server.query).get("from")
    user = unquote(server.username or "")
    return named[0] if named else user if "@" in user else f"timebank@{server.hostname}"


def _message(letter: Letter, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(f"notice-{letter.notice_id}", domain=sender.rpartition("@")[2] or None)
    message.set_content("\n\n".join(part for part in (letter.body, letter.link) if part) + "\n")
    return message
