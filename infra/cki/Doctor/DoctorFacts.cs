using Cki.Adapters;

namespace Cki.Tool;

/// <summary>What the doctor looked at. Whatever could not be looked at carries its trouble instead; nothing here holds a secret.</summary>
/// <param name="Config">The configuration in force, or its errors; null: it could not be read (<see cref="ConfigTrouble"/>).</param>
internal sealed record DoctorFacts(string Installation, DateTimeOffset Now, ConfigReading? Config, string? ConfigTrouble)
{
    public IReadOnlyList<SecretFact> Secrets { get; init; } = [];

    public IReadOnlyList<HostFact> Hosts { get; init; } = [];

    public IReadOnlyList<ProjectFact> Projects { get; init; } = [];

    public IReadOnlyList<HookFact> Hooks { get; init; } = [];

    /// <summary>Null: nobody said how GitLab reaches the front door, so that hooks could not be compared.</summary>
    public Uri? FrontDoor { get; init; }

    public WorkFact Work { get; init; } = new();

    public IReadOnlyList<PartStanding> Parts { get; init; } = [];

    /// <summary>Null on one machine.</summary>
    public CloudFact? Cloud { get; init; }

    /// <summary>It may hold no token that can write, and needs no rights to act.</summary>
    public bool IsStaging => Work.Switches.Any(s => s.What == Switch.Staging);
}

/// <param name="For">What needs it, e.g. <c>GitLab host gitlab.com</c>.</param>
/// <param name="IsThere">Null: it could not be read.</param>
internal sealed record SecretFact(string Name, string For, bool? IsThere, string? Trouble);

/// <summary>A configured GitLab. <paramref name="Self"/> null: it did not let us in.</summary>
internal sealed record HostFact(GitLabHost Host, GitLabSelf? Self, string? Trouble)
{
    /// <summary>Null where this GitLab does not tell, or could not be asked (<see cref="TokenTrouble"/>).</summary>
    public GitLabToken? Token { get; init; }

    public string? TokenTrouble { get; init; }

    /// <summary>GitLab's clock minus ours; null: it told no time.</summary>
    public TimeSpan? Skew { get; init; }
}

/// <summary>A project in which the suite acts or reads.</summary>
/// <param name="Access">Null without trouble: there is no such project for us.</param>
internal sealed record ProjectFact(ProjectRef Project, GitLabProjectAccess? Access, string? Trouble)
{
    /// <summary>The refs that pipelines start on here; empty: no pipelines are started in it.</summary>
    public IReadOnlyList<string> Refs { get; init; } = [];

    public bool NeedsVariables { get; init; }

    /// <summary>Commit statuses are posted here.</summary>
    public bool NeedsStatus { get; init; }

    /// <summary>Null: could not be read.</summary>
    public IReadOnlyList<GitLabProtectedBranch>? Protected { get; init; }

    public long UserId { get; init; }

    /// <summary>Null: could not be read.</summary>
    public IReadOnlyList<GitLabArtifactLife>? Artifacts { get; init; }

    public string? ArtifactsTrouble { get; init; }

    /// <summary>The largest logs of the newest finished jobs. Null: could not be listed (<see cref="LogsTrouble"/>).</summary>
    public IReadOnlyList<LogFact>? Logs { get; init; }

    public string? LogsTrouble { get; init; }

    /// <summary>Of the newest finished jobs, those that GitLab failed because its compute minutes are used up.</summary>
    public IReadOnlyList<string> OutOfMinutes { get; init; } = [];

    /// <summary>Runners of the project that are online. Null: could not be read, which takes the Maintainer role.</summary>
    public IReadOnlyList<RunnerShown>? Runners { get; init; }

    public string? RunnersTrouble { get; init; }
}

/// <param name="Standing">Null: could not be read.</param>
internal sealed record HookFact(WantedHook Wanted, HookStanding? Standing, string? Trouble);

/// <summary>A finished job's log.</summary>
/// <param name="End">Its last lines; null: could not be read.</param>
internal sealed record LogFact(GitLabLog Log, string? End, string? Trouble);

/// <summary>The AWS account and the stack in it.</summary>
internal sealed record CloudFact(string Stack)
{
    /// <summary>Null: could not be read (<see cref="AccountTrouble"/>).</summary>
    public LambdaAccount? Account { get; init; }

    public string? AccountTrouble { get; init; }

    /// <summary>Null without trouble: CloudFormation knows no such stack.</summary>
    public StackSight? Sight { get; init; }

    public string? StackTrouble { get; init; }

    /// <summary>What the last look for drift found. Null: could not be read (<see cref="DriftTrouble"/>).</summary>
    public IReadOnlyList<DriftedResource>? Drifted { get; init; }

    public string? DriftTrouble { get; init; }
}

/// <summary>What waits, and what is held.</summary>
internal sealed record WorkFact
{
    /// <summary>Null: could not be read (<see cref="QueuesTrouble"/>).</summary>
    public IReadOnlyList<QueueDepth>? Queues { get; init; }

    public string? QueuesTrouble { get; init; }

    /// <summary>Set when the rest of this could not be read from the store.</summary>
    public string? StoreTrouble { get; init; }

    public int DeadLetters { get; init; }

    public int DeadLettersParked { get; init; }

    public int Spilled { get; init; }

    public DateTimeOffset? OldestSpilled { get; init; }

    /// <summary>When the oldest due marker was due; null: none is due.</summary>
    public DateTimeOffset? OldestDue { get; init; }

    public IReadOnlyList<TreeFact> Trees { get; init; } = [];

    public IReadOnlyList<Switch> Switches { get; init; } = [];
}

/// <param name="Heads">Null: it was never polled.</param>
internal sealed record TreeFact(TreeConfig Tree, TreeHeads? Heads);
