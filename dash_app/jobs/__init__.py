"""Background jobs: builds that go on when the page is closed, the worker restarts or another one shows them.

A job is a folder, and what is going on is read from it, so that any worker can show any job::

    jobs/lock                   held while a job is queued, started or cancelled
    jobs/slot-<n>               one held by each running build, over all workers
    jobs/<id>/files/            what was uploaded
    jobs/<id>/request.json      what is to be built, and since when it waits
    jobs/<id>/wishes.json       what was said about the columns
    jobs/<id>/alive             locked as long as the build's process lives
    jobs/<id>/process.json      its number
    jobs/<id>/progress.jsonl    what it says of itself, line by line
    jobs/<id>/ended.json        how it ended

Locks are the system's (flock) and inherited by the build's process: whatever ends it lets go of them.
"""

from __future__ import annotations

from dash_app.jobs.desk import Jobs
from dash_app.jobs.job import Job, State, Status

__all__ = ["Job", "Jobs", "State", "Status"]
