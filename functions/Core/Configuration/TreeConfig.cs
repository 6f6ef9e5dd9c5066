namespace Cki;

/// <summary>How the commit travels with <c>POST pipeline</c>, since GitLab starts pipelines on a ref, never on a sha.</summary>
public enum CommitTo
{
    Variables,
    Inputs,
}

/// <summary>trees.yaml, <c>trees</c>: a git repository with branches under test.</summary>
public sealed record TreeConfig(TreeName Name, Uri Url, TreePipeline Pipeline)
{
    /// <summary>The tree's project where it lives on a configured GitLab: webhooks, branches API, commit status. Null for any other git server.</summary>
    public ProjectRef? Project { get; init; }

    /// <summary>Branch globs (<c>*</c> within a segment, <c>**</c> across); a leading <c>!</c> excludes. Default: <c>master</c>, <c>main</c>.</summary>
    public IReadOnlyList<string> Branches { get; init; } = ["master", "main"];

    /// <summary>Tag globs; default none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Default 5 minutes.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>False: what is found at first sight is a baseline, not a storm of runs.</summary>
    public bool TestOnFirstSight { get; init; }

    /// <summary>Which new heads are tested, and when.</summary>
    public TreeRules Rules { get; init; } = TreeRules.Default;

    /// <summary>Names of the channels that get this tree's reports.</summary>
    public IReadOnlyList<string> ReportTo { get; init; } = [];

    /// <summary>A newer head of the branch cancels a running one; default keep.</summary>
    public bool CancelWhenNewer { get; init; }

    /// <summary>Which failures get a re-run elsewhere before anybody is blamed. Default: weak evidence.</summary>
    public ConfirmWhat Confirm { get; init; } = ConfirmWhat.Weak;

    /// <summary>The branch that the others start from: what fails there fails not for their sake. Null: none.</summary>
    public string? BaseBranch { get; init; }

    /// <summary>Default: ignored.</summary>
    public MergeRequestRules MergeRequests { get; init; } = MergeRequestRules.Ignored;

    /// <summary>Which pipelines that others start become runs of this tree; the first rule that fits takes one. Default none.</summary>
    public IReadOnlyList<AdoptRule> Adopt { get; init; } = [];

    /// <summary>
    /// The tree as it bears on a run. For a pipeline that others started nothing is started and nothing expected; it ends for a newer head only
    /// where it tests a merge request, since a schedule means the commit that it has.
    /// </summary>
    public TreeConfig For(RunDetection run) => run.Adopted is null
        ? this
        : this with
        {
            CancelWhenNewer = CancelWhenNewer && run.MergeRequest is not null,
            Pipeline = Pipeline with { Expects = [], Fallbacks = [], Manual = [.. Pipeline.Manual.Where(m => m.Act != ManualAct.Play)], IsOthers = true },
        };
}

/// <summary>Where and how a tree's commits are tested.</summary>
/// <param name="Project">The project that runs the pipelines (CKI's layout: not the kernel project).</param>
/// <param name="GitRef">Branch of that project to start the pipeline on.</param>
public sealed record TreePipeline(ProjectRef Project, string GitRef)
{
    public CommitTo CommitTo { get; init; } = CommitTo.Variables;

    /// <summary>Further variables; their placeholders are <see cref="VariableTemplate"/>'s.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Variables { get; init; } = [];

    /// <summary>For further attempts when the first one starves, in this order.</summary>
    public IReadOnlyList<Fallback> Fallbacks { get; init; } = [];

    /// <summary>Time without progress after which the run is incomplete. Default 3 days.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Quiet after our last POST before two equal reads settle the pipeline. Default 90 s.</summary>
    public TimeSpan SettleQuiet { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Longest wait between two checks of a running pipeline. Default 15 minutes.</summary>
    public TimeSpan CheckInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>A pending job that no runner took for so long starves. Default 26 hours.</summary>
    public TimeSpan StarvingAfter { get; init; } = TimeSpan.FromHours(26);

    /// <summary>Paths of structured results (JUnit, TAP and KTAP, kcidb) inside a job's artefacts; each costs a request per failed job.</summary>
    public IReadOnlyList<string> Results { get; init; } = DefaultResults;

    private static readonly string[] DefaultResults = ["junit.xml", "kcidb_all.json"];

    public VerdictFrom VerdictFrom { get; init; } = VerdictFrom.Jobs;

    /// <summary>Pipelines that a script of ours starts by itself: GitLab keeps no relation.</summary>
    public IReadOnlyList<ExpectedPipeline> Expects { get; init; } = [];

    /// <summary>The first that matches a manual job decides; none: it is ignored.</summary>
    public IReadOnlyList<ManualRule> Manual { get; init; } = [];

    /// <summary>Globs on jobs' names, each a resource group of GitLab's: retries within it are posted one at a time.</summary>
    public IReadOnlyList<string> ResourceGroups { get; init; } = [];

    /// <summary>Somebody else started the pipeline (<see cref="TreeConfig.For"/>): we start nothing in it but retries of its jobs.</summary>
    public bool IsOthers { get; init; }
}

/// <param name="Variables">Laid over the tree's.</param>
public sealed record Fallback(IReadOnlyList<KeyValuePair<string, string>> Variables)
{
    /// <summary>Helps only where a job of one of these starves. Empty: wherever.</summary>
    public IReadOnlyList<string> Architectures { get; init; } = [];

    public bool Helps(IEnumerable<string> starving) => Architectures.Count == 0 || starving.Any(Architectures.Contains);
}

/// <summary>Where a run's verdict comes from.</summary>
public enum VerdictSource
{
    /// <summary>From all jobs and the evidence in them.</summary>
    Jobs,

    /// <summary>From the kcidb file that a job leaves after the pipeline's own triage.</summary>
    Kcidb,

    /// <summary>From the jobs of a name alone: the pipeline states its own result there.</summary>
    Job,
}

/// <param name="Job">Glob on jobs' names, for <see cref="VerdictSource.Job"/>.</param>
public sealed record VerdictFrom(VerdictSource Source, string? Job = null)
{
    public static readonly VerdictFrom Jobs = new(VerdictSource.Jobs);
}

/// <summary>A pipeline in another project that carries the run's variables and is started by a script.</summary>
/// <param name="Within">Since the run's own pipeline started; one that is missing then is not run, never passed.</param>
public sealed record ExpectedPipeline(ProjectRef Project, TimeSpan Within);

public enum ManualAct
{
    /// <summary>It holds nothing up, and is not run unless somebody starts it.</summary>
    Ignore,

    /// <summary>It holds the run up for a while after everything else has ended.</summary>
    Wait,

    /// <summary>We start it.</summary>
    Play,
}

/// <param name="Job">Glob on jobs' names.</param>
/// <param name="Within">For <see cref="ManualAct.Wait"/>: since the last change of any job.</param>
public sealed record ManualRule(string Job, ManualAct Act, TimeSpan Within);
