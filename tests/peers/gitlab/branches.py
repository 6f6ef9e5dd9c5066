"""Branches: all, searched, one by a name with a slash, one that is not there."""
from client import answer, project, refused

of = project()
answer(
    default=of.default_branch,
    all={b.name: b.commit["id"] for b in of.branches.list(get_all=True)},
    searched=[b.name for b in of.branches.list(search="^for-", get_all=True)],
    one=of.branches.get("for-next/core").commit["title"],
    missing=refused(lambda: of.branches.get("for-never")),
    commits=[c.title for c in of.commits.list(ref_name="main", get_all=True)],
)
