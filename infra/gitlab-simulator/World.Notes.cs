namespace Cki.GitLabSimulator;

// Comments on merge requests.
public sealed partial class GitLabWorld
{
    /// <summary>Somebody writes a note.</summary>
    public GitLabNote AddNote(GitLabProject project, GitLabMergeRequest request, GitLabUser author, string body) =>
        Locked(() => AddNoteNow(project, request, (author, body)));

    /// <summary>Its author changes it.</summary>
    public void EditNote(GitLabProject project, GitLabMergeRequest request, GitLabNote note, string body) => Locked(() =>
    {
        note.Body = body;
        note.UpdatedAt = Now;
        AnnounceNote(project, request, note, "update");
        return note;
    });

    internal GitLabNote AddNoteNow(GitLabProject project, GitLabMergeRequest request, (GitLabUser Author, string Body) said)
    {
        var note = new GitLabNote(NextId("note", 701), said.Author, Now) { Body = said.Body };
        request.Notes.Add(note);
        AnnounceNote(project, request, note, "create");
        return note;
    }

    internal void AnnounceNote(GitLabProject project, GitLabMergeRequest request, GitLabNote note, string action)
    {
        if (!note.IsSystem && project.Hooks.Any(hook => hook.NoteEvents))
            Announce(project, "Note Hook", MergeRequestJson.NotePayload(this, project, request, (note, action)));
    }
}
