"""Strangers, and projects that are not there or not theirs."""
import gitlab
from client import ASKED, answer, connect, refused

known = connect()
stranger = gitlab.Gitlab(known.url, private_token="glpat-wrong", timeout=20)
known.auth()
answer(
    me=known.user.username,
    missing=refused(lambda: known.projects.get("no/such")),
    hidden=refused(lambda: known.projects.get(ASKED["hidden"])),
    stranger=refused(lambda: stranger.projects.get(ASKED["project"])),
    stranger_auth=refused(stranger.auth),
    no_ref=refused(lambda: known.projects.get(ASKED["project"]).pipelines.create({"ref": "no-such-branch"})),
)
