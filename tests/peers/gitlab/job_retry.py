"""A failed job: its trace, its retry, and both tries in the list that asks for them."""
from client import ASKED, answer, project

of = project()
pipeline = of.pipelines.get(ASKED["pipeline"])
failed = of.jobs.get(ASKED["job"])
again = failed.retry()
answer(
    failed={"id": failed.id, "name": failed.name, "stage": failed.stage, "status": failed.status, "reason": failed.failure_reason, "runner": failed.runner["description"]},
    trace=failed.trace().decode(),
    again={"id": again["id"], "name": again["name"], "pipeline": again["pipeline"]["id"]},
    latest=[j.id for j in pipeline.jobs.list(get_all=True)],
    with_retried=[j.id for j in pipeline.jobs.list(include_retried=True, get_all=True)],
    without_retried=[j.id for j in pipeline.jobs.list(include_retried=False, get_all=True)],
    only_failed=[j.id for j in pipeline.jobs.list(scope=["failed"], include_retried=True, get_all=True)],
)
