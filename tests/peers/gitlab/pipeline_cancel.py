"""Cancels a pipeline whose first job runs."""
from client import ASKED, answer, project

of = project()
pipeline = of.pipelines.get(ASKED["pipeline"])
before = pipeline.status
pipeline.cancel()
pipeline.refresh()
answer(before=before, after=pipeline.status, jobs={j.name: j.status for j in pipeline.jobs.list(get_all=True)})
