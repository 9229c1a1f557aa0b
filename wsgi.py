"""Entry for gunicorn (`gunicorn wsgi:app`) and for `flask --app wsgi`."""

import gc
import os
import sys

from timebank.app import create_app, refuse_unsound

DO_NOT_TRY_AGAIN = 3  # to gunicorn: after any other exit code it would start the worker anew, for ever

gc.disable()  # nothing that is made here ever becomes garbage
try:
    app = create_app()
finally:
    gc.enable()
if os.environ.get("FLASK_RUN_FROM_CLI") != "true":  # a command may be the very one that mends the database
    try:
        refuse_unsound(app)
    except SystemExit as reason:
        sys.stderr.write(f"{reason}\n")
        sys.exit(DO_NOT_TRY_AGAIN)
# Tables, forms, texts and addresses stay until the process ends: half a million objects, which every full collection
# would look through again, in the middle of a page, for 200 ms.  From here on it looks only at what came after.
gc.collect()
gc.freeze()
