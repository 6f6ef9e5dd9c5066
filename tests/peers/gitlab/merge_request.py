"""A merge request's notes: written, rewritten, listed."""
from client import ASKED, answer, project

of = project()
request = of.mergerequests.get(ASKED["iid"])
note = request.notes.create({"body": "CKI: testing"})
made = note.body
note.body = "CKI: **passed** ✅"
note.save()
answer(
    request={"title": request.title, "state": request.state, "source": request.source_branch, "sha": request.sha},
    made=made,
    listed=[[n.id == note.id, n.author["username"], n.body] for n in request.notes.list(get_all=True)],
)
