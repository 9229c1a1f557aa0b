"""Entry for gunicorn (`gunicorn wsgi:app`) and for `flask --app wsgi`."""

import os
import sys

from timebank.app import create_app, refuse_unsound

DO_NOT_TRY_AGAIN = 3  # to gunicorn: after any other exit code it would start the worker anew, for ever

app = create_app()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # a command may be the very one that mends the database
    try:
        refuse_unsound(app)
    except SystemExit as reason:
        sys.stderr.write(f"{reason}\n")
        sys.exit(DO_NOT_TRY_AGAIN)
