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
        return Put(project, request, new GitLabNote(NextId("note", 701), said.Author, Now) { Body = said.Body });
    }

    /// <summary>Somebody answers in a thread.</summary>
    internal GitLabNote ReplyNow(GitLabProject project, GitLabMergeRequest request, string discussion, (GitLabUser Author, string Body) said) =>
        Put(project, request, new GitLabNote(NextId("note", 701), said.Author, Now) { Body = said.Body, Discussion = discussion, IsReply = true });

    private GitLabNote Put(GitLabProject project, GitLabMergeRequest request, GitLabNote note)
    {
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
