"""Commit statuses: set twice, refused once, listed."""
from client import ASKED, answer, project, refused

of = project()
commit = of.commits.get(ASKED["sha"])
made = commit.statuses.create({"state": "running", "name": "cki", "target_url": "https://board.example/run/1", "description": "testing"})
same = refused(lambda: commit.statuses.create({"state": "running", "name": "cki"}))
done = commit.statuses.create({"state": "success", "name": "cki", "description": "all passed"})
answer(
    made={"sha": made.sha, "status": made.status, "name": made.name, "target_url": made.target_url, "author": made.author["username"]},
    same=same,
    done={"same_id": done.id == made.id, "status": done.status, "description": done.description},
    unknown=refused(lambda: commit.statuses.create({"state": "splendid", "name": "cki"})),
    listed=[[s.name, s.status] for s in commit.statuses.list(get_all=True)],
    listed_all=[[s.name, s.status] for s in commit.statuses.list(all=True, get_all=True)],
)
