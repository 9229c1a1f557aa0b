"""Entry for gunicorn (`gunicorn wsgi:app`) and for `flask --app wsgi`."""

from timebank.app import create_app

app = create_app()
