"""Hooks: created, listed, edited, deleted."""
from client import ASKED, answer, project, refused

of = project()
made = of.hooks.create({"url": ASKED["url"], "token": "hush", "push_events": False, "job_events": True, "pipeline_events": True})
listed = [h.url for h in of.hooks.list(get_all=True)]
made.pipeline_events = False
made.save()
read = of.hooks.get(made.id)
made.delete()
answer(
    made={"url": made.url, "push": made.push_events, "job": made.job_events, "token_is_told": "token" in made.attributes},
    listed=listed,
    edited={"job": read.job_events, "pipeline": read.pipeline_events},
    left=[h.url for h in of.hooks.list(get_all=True)],
    gone=refused(lambda: of.hooks.get(made.id)),
    invalid=refused(lambda: of.hooks.create({"url": "nowhere"})),
)
