"""Entry for gunicorn (`gunicorn wsgi:app`) and for `flask --app wsgi`."""

import os

from timebank.app import create_app, refuse_unsound

app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # a command may be the very one that mends the database
    refuse_unsound(app)
