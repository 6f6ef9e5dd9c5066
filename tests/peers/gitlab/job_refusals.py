"""What may not be done to a running job, and what cannot be read."""
from client import ASKED, answer, project, refused

of = project()
running = of.jobs.get(ASKED["job"])
answer(
    status=running.status,
    retry=refused(running.retry),
    erase=refused(running.erase),
    play=refused(running.play),
    missing=refused(lambda: of.jobs.get(999999)),
)
