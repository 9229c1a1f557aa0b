"""Pages of jobs and what does the same in the API."""

COVERED = {
    "jobs.index": "list_jobs",
    "jobs.job": ("get_job", "list_job_runs"),
    "jobs.run_now": "run_job",
}
EXCEPTIONS: dict[str, str] = {}
