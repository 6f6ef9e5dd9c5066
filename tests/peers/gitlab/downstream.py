"""A bridge and its child pipeline; artifacts and the test report of the child's job."""
import io
import zipfile

from client import ASKED, answer, project, refused

of = project()
parent = of.pipelines.get(ASKED["pipeline"])
bridge = parent.bridges.list(get_all=True)[0]
child = of.pipelines.get(bridge.downstream_pipeline["id"])
job = of.jobs.get(child.jobs.list(get_all=True)[0].id)
report = child.test_report.get()
answer(
    bridge={"name": bridge.name, "status": bridge.status},
    parents_jobs=[j.name for j in parent.jobs.list(get_all=True)],
    child={"id": child.id, "source": child.source, "status": child.status},
    listed=[p.id for p in of.pipelines.list(get_all=True)],
    listed_children=[p.id for p in of.pipelines.list(source="parent_pipeline", get_all=True)],
    artifact=job.artifact("results/summary.txt").decode(),
    archive=zipfile.ZipFile(io.BytesIO(job.artifacts())).namelist(),
    missing=refused(lambda: job.artifact("results/none.txt")),
    report={"total": report.total_count, "failed": report.failed_count, "suites": [s["name"] for s in report.test_suites]},
)
