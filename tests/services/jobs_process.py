"""A process of its own that tries to run a job (started by test_jobs_lease)."""

import os
import sys
import time
from pathlib import Path

from timebank.app import create_app
from timebank.core.jobs import Job
from timebank.jobs import service


def work() -> str:
    (Path(sys.argv[1]) / f"ran-{os.getpid()}").touch()
    time.sleep(0.5)
    return "worked"


with create_app().app_context():
    service.run(Job("race", work, every_minutes=60))
