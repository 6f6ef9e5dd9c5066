"""A merge request's notes: written, rewritten, listed."""
from client import ASKED, answer, project

of = project()
request = of.mergerequests.get(ASKED["iid"])
note = request.notes.create({"body": "CKI: testing"})
made = note.body
note.body = "CKI: **passed** ✅"
note.save()
read = request.notes.get(note.id)
answer(
    request={"title": request.title, "state": request.state, "source": request.source_branch, "sha": request.sha},
    made=made,
    read=[read.id == note.id, read.body, read.system, read.noteable_type, read.noteable_iid],
    member={"level": of.members_all.get(note.author["id"]).access_level, "state": of.members_all.get(note.author["id"]).state},
    listed=[[n.id == note.id, n.author["username"], n.body] for n in request.notes.list(get_all=True)],
)
