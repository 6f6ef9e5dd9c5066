using Cki.GitLabSimulator;
using Cki.Tests.Doubles;

namespace Cki.Tests.ReportingRoom;

/// <summary>Reporting beside the GitLab simulator: a tree whose merge request !1 is under test, and people with their roles.</summary>
internal sealed class MergeRequestWorld
{
    public static readonly MergeRequestRef Request = new(A.KernelProject, 1);

    private readonly Dictionary<string, GitLabUser> _people = [];

    public MergeRequestWorld(SuiteConfig? config = null)
    {
        GitLabWorld? gitLab = null;
        World = new ReportingWorld(config ?? Config(), memory =>
        {
            gitLab = new GitLabWorld(memory.Clock, _ => 0.5, new HttpClient(new NoHooks()));
            return new GitLabMessageHandler(gitLab);
        });
        GitLab = gitLab!;
        Project = GitLab.AddProject(A.KernelProject.Path);
        Bot = GitLab.AddUser("cki-bot", "CKI bot");
        GitLab.AddToken(Bot, "glpat-test");
        GitLab.AddMember(Project, Bot, GitLabRole.Maintainer);
        foreach ((string name, GitLabRole role) in new[] { ("mia", GitLabRole.Maintainer), ("dev", GitLabRole.Developer), ("rep", GitLabRole.Reporter) })
            GitLab.AddMember(Project, _people[name] = GitLab.AddUser(name), role);
        _people["eve"] = GitLab.AddUser("eve");
        GitLab.Commit(Project.Path, "main", "base");
        GitLab.Commit(Project.Path, "feature", "foo: add bar");
        MergeRequest = GitLab.AddMergeRequest(Project, "foo: add bar", "feature");
        Detection = A.Detection('7', MergeRequests.Branch(1)) with { MergeRequest = Request, Title = "foo: add bar", FoundBy = FoundBy.Webhook };
        World.Memory.Store.Set(RunIds.DetectionKey(Detection.Run), Detection, DocumentJson.Default.RunDetection);
        World.Memory.Store.Set(
            TreeOthers.Key(Detection.Tree), new TreeOthers(Detection.Tree).With(1, new KnownMergeRequest(Detection.Sha, A.Noon) { Runs = [Detection.Run] }), DocumentJson.Default.TreeOthers);
        Arrange(null);
    }

    public ReportingWorld World { get; }

    public GitLabWorld GitLab { get; }

    public GitLabProject Project { get; }

    public GitLabUser Bot { get; }

    public GitLabMergeRequest MergeRequest { get; }

    public RunDetection Detection { get; }

    public MemoryStore Store => World.Memory.Store;

    /// <summary>Our bot's notes on the merge request, in order.</summary>
    public string[] Ours => [.. MergeRequest.Notes.Where(n => n.Author == Bot).Select(n => n.Body)];

    public static SuiteConfig Config()
    {
        SuiteConfig config = A.Config(A.Tree() with { ReportTo = ["note"], MergeRequests = new MergeRequestRules(MergeRequestAct.Trigger) });
        return config with { Channels = [.. config.Channels, new ChannelConfig.MergeRequestNote("note")] };
    }

    /// <summary>Null: it is under test.</summary>
    public void Arrange(RunResult? result, int attempt = 1) =>
        Store.Set(RunIds.PipelineKey(Detection.Run), Runs.Pipeline(Detection.Run, result, attempt), DocumentJson.Default.RunPipeline);

    /// <summary>A job of the first attempt's pipeline that the herder decided on.</summary>
    public void Job(string name, JobFinding finding, long id, string status = GitLabStatus.Failed)
    {
        var attempt = new JobAttempt(id, status, "script_failure", "r1", $"https://gitlab.example/cki/pipelines/-/jobs/{id}", A.Decision(HerdAct.Leave, finding), A.Noon);
        var record = new JobRecord(A.Pipeline(1001), name, "build") { Attempts = [attempt] };
        Store.Set(JobRecord.Key(record.Pipeline, name), record, DocumentJson.Default.JobRecord);
    }

    /// <summary>Somebody writes a note; its hook comes as often as said.</summary>
    public GitLabNote Says(string who, string body, int hooks = 1)
    {
        GitLabNote note = GitLab.AddNote(Project, MergeRequest, who == "cki-bot" ? Bot : _people[who], body);
        for (int i = 0; i < hooks; i++)
            Hook(note);
        return note;
    }

    public void Hook(GitLabNote note) => World.Send(new NoteSeen($"d-{note.Id}", A.KernelProject, 1, note.Id) { Discussion = Discussion(note) });

    /// <summary>What the webhook tells of a note's thread.</summary>
    public Func<GitLabNote, string?> Discussion { get; set; } = note => note.Discussion;

    public OverrideRecord? Record(GitLabNote note) => Store.Peek(OverrideRecord.KeyOf(Request, note.Id), DocumentJson.Default.OverrideRecord);

    /// <summary>What went to other stages, as type and data.</summary>
    public string[] Orders() => [.. World.Elsewhere.Select(m => CloudEvent.Parse(m.Body)).Select(e => $"{e.Type} {e.Data.ToJsonString()}")];

    private sealed class NoHooks : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.OK));
    }
}
