"""Creates a pipeline with variables, reads both back, waits for its end."""
import time

from client import ASKED, answer, project

of = project()
made = of.pipelines.create({"ref": "main", "variables": [{"key": k, "value": v} for k, v in ASKED["variables"].items()]})
read = of.pipelines.get(made.id)
until = time.monotonic() + 20
while read.status not in ("success", "failed", "canceled") and time.monotonic() < until:
    time.sleep(0.05)
    read.refresh()
answer(
    made={"id": made.id, "sha": made.sha, "ref": made.ref, "source": made.source, "project_id": made.project_id, "user": made.user["username"]},
    read={"id": read.id, "status": read.status, "finished": read.finished_at is not None},
    variables={v.key: v.value for v in read.variables.list(get_all=True)},
    found=[p.id for p in of.pipelines.list(sha=made.sha, ref="main", get_all=True)],
)
