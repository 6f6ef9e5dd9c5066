using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>Everything outside of ours, reachable by HTTP: GitLab, the receivers of reports, and our own front door as they see it.</summary>
public sealed class Town
{
    public const string GitLabHost = "gitlab.example";
    public const string KernelProject = "kernel/linux";
    public const string PipelineProject = "cki/pipelines";
    public const string Bot = "cki-bot";
    public const string BotToken = "glpat-bot";
    public const string PersonToken = "glpat-person";
    public const string HookToken = "hook-token";
    /// <summary>The tree's <c>base</c>.</summary>
    public const string BaseBranch = "main";

    public static readonly string[] Branches = ["main", "next", "release/6.12", "release/6.6"];

    private readonly Simulation simulation;

    public Town(Simulation simulation)
    {
        this.simulation = simulation;
        Receivers = new ChannelPeer(simulation);
        var hooks = new HttpClient(new FrontDoorHandler(this)) { Timeout = Timeout.InfiniteTimeSpan };
        GitLab = new GitLabWorld(simulation, simulation.Dice.Fraction, hooks);
        Commits = new CommitBook(simulation, GitLab);
        Build();
    }

    public GitLabWorld GitLab { get; }

    public ChannelPeer Receivers { get; }

    /// <summary>The only one, unless a world adds others.</summary>
    public GitLabRunner Runner { get; private set; } = null!;

    public CommitBook Commits { get; }

    /// <summary>Further peers, by host.</summary>
    public SortedDictionary<string, Func<HttpRequestMessage, Task<HttpResponseMessage>>> Others { get; } = new(StringComparer.Ordinal);

    /// <summary>Our front door; throws <see cref="HttpRequestException"/> where nobody listens.</summary>
    public Func<HttpRequestMessage, Task<HttpResponseMessage>> FrontDoor { get; set; } =
        _ => throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");

    /// <summary>What stands before our front door and lets some deliveries not pass; by default it lets all.</summary>
    public Func<HttpRequestMessage, bool> IsBarred { get; set; } = _ => false;

    /// <summary>Deliveries that our front door did not take: only GitLab's log of them tells of those.</summary>
    public int Refused { get; private set; }

    /// <summary>What GitLab's webhooks were answered.</summary>
    public List<(TimeSpan At, int Status)> DoorAnswers { get; } = [];

    /// <summary>One request of ours to whichever peer its address names.</summary>
    public Task<HttpResponseMessage> AnswerAsync(HttpRequestMessage request) => request.RequestUri!.Host switch
    {
        GitLabHost => GitLab.HandleAsync(request, CancellationToken.None),
        ChannelPeer.Host => Receivers.TakeAsync(request),
        string other when Others.TryGetValue(other, out Func<HttpRequestMessage, Task<HttpResponseMessage>>? peer) => peer(request),
        string other => throw new HttpRequestException(HttpRequestError.NameResolutionError, $"Could not resolve host: {other}"),
    };

    /// <summary>A POST of the person who pushes, who waits for no answer.</summary>
    public void AsPerson(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"https://{GitLabHost}/api/v4/{path}");
        request.Headers.Add("PRIVATE-TOKEN", PersonToken);
        _ = GitLab.HandleAsync(request, CancellationToken.None);
    }

    private void Build()
    {
        GitLabUser person = GitLab.AddUser("torvalds");
        GitLabUser bot = GitLab.AddUser(Bot);
        GitLab.AddToken(bot, BotToken);
        GitLab.AddToken(person, PersonToken);
        Runner = GitLab.AddRunner("runner-1");
        GitLabProject kernel = GitLab.AddProject(KernelProject);
        GitLabProject pipelines = GitLab.AddProject(PipelineProject);
        foreach (GitLabProject project in (GitLabProject[])[kernel, pipelines])
        {
            GitLab.AddMember(project, person, GitLabRole.Maintainer);
            GitLab.AddMember(project, bot, GitLabRole.Maintainer);
        }
        pipelines.Script = Commits.Script;
        GitLab.Commit(PipelineProject, "main", "The pipeline");
        foreach (string branch in Branches)
            GitLab.Commit(KernelProject, branch, $"Where {branch} begins");
        GitLab.AddHook(kernel, "https://cki.example/webhooks/gitlab", hook => hook.Token = HookToken);
        GitLab.AddHook(pipelines, "https://cki.example/webhooks/gitlab", hook =>
        {
            hook.Token = HookToken;
            hook.PushEvents = false;
            hook.JobEvents = true;
            hook.PipelineEvents = true;
        });
    }

    private async Task<HttpResponseMessage> KnockAsync(HttpRequestMessage request)
    {
        // Where nobody answers, that is no acceptance either.
        Refused++;
        HttpResponseMessage answer = await FrontDoor(request);
        Refused -= answer.IsSuccessStatusCode ? 1 : 0;
        return answer;
    }

    private sealed class FrontDoorHandler(Town town) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await town.simulation.Outside.StepAsync("hook");
            HttpResponseMessage answer = town.IsBarred(request)
                ? new HttpResponseMessage(System.Net.HttpStatusCode.ServiceUnavailable)
                : await town.KnockAsync(request).WaitAsync(cancellationToken);
            town.DoorAnswers.Add((town.simulation.Elapsed, (int)answer.StatusCode));
            return answer;
        }
    }
}
