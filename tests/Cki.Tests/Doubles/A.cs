namespace Cki.Tests.Doubles;

/// <summary>Builders: <c>using static Cki.Tests.Doubles.A;</c> or <c>A.Tree()</c>; vary by <c>with</c>.</summary>
public static class A
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    public static readonly ProjectRef KernelProject = new("gitlab.example", "kernel/linux");

    public static readonly ProjectRef PipelineProject = new("gitlab.example", "cki/pipelines");

    /// <summary>A commit id made of one digit: <c>Sha('a')</c>.</summary>
    public static CommitSha Sha(char digit) => CommitSha.Parse(new string(digit, 40));

    public static TreePipeline TreePipeline() => new(PipelineProject, "main");

    /// <summary>A tree on the configured GitLab, branches main and release/*.</summary>
    public static TreeConfig Tree() =>
        new(new TreeName("mainline"), new Uri("https://gitlab.example/kernel/linux.git"), TreePipeline())
        {
            Project = KernelProject,
            Branches = ["main", "release/*"],
            ReportTo = ["developers"],
        };

    /// <summary>A tree on some git server without a GitLab.</summary>
    public static TreeConfig GitTree() =>
        new(new TreeName("stable"), new Uri("https://git.example/stable.git"), TreePipeline()) { ReportTo = ["developers"] };

    public static SuiteConfig Config(params TreeConfig[] trees) =>
        new(
            "c0ffee",
            [new GitLabHost("gitlab.example", new Uri("https://gitlab.example"), "gitlab-token", "cki-bot")],
            trees.Length > 0 ? trees : [Tree()],
            [new SourceConfig("gitlab", "gitlab", "gitlab.example", ["hook-token"])],
            [
                new ChannelConfig.Mail("developers", "smtp.example", 25, false, "cki@example.org", ["kernel@example.org"], null, null),
                new ChannelConfig.Mail("operators", "smtp.example", 25, false, "cki@example.org", ["ops@example.org"], null, null) { ForOperators = true },
            ],
            new MatcherTree([Matcher()]));

    public static MatcherConfig Matcher() =>
        new("image-pull", "The registry did not serve the image", new ConfigPlace("matchers.yaml", 1, 1)) { Messages = ["ErrImagePull"] };

    public static RunDetection Detection(char sha = 'a', string branch = "main")
    {
        TreeName tree = Tree().Name;
        return new RunDetection(RunIds.Of(tree, branch, Sha(sha)), tree, branch, Sha(sha), FoundBy.Webhook, Noon) { ConfigHash = "c0ffee" };
    }

    public static PipelineRef Pipeline(long id = 1000) => new(PipelineProject, id);

    public static PipelineShown PipelineShown(long id = 1000, string status = GitLabStatus.Running) =>
        new(Pipeline(id), status, "main", Sha('f'), "api", $"https://gitlab.example/cki/pipelines/-/pipelines/{id}") { CreatedAt = Noon, User = "cki-bot" };

    public static PipelineJob Job(long id = 1, string name = "build x86_64", string status = GitLabStatus.Success) =>
        new(id, name, name.Split(' ')[0], status, false, status == GitLabStatus.Failed ? "script_failure" : null, "runner-1", $"https://gitlab.example/cki/pipelines/-/jobs/{id}")
        {
            CreatedAt = Noon, User = "cki-bot", PipelineId = 1000,
        };

    public static RunPipeline RunPipeline(RunId run, long pipeline = 1000) => new(run)
    {
        Attempts = [new RunAttempt(1) { State = AttemptState.Running, Pipeline = Pipeline(pipeline), StartedAt = Noon }],
    };

    public static HerdDecision Decision(HerdAct act = HerdAct.Leave, JobFinding finding = JobFinding.Failed) =>
        new(act, finding, null, null, "step_script", TimeSpan.Zero, [], "because the test says so");
}
