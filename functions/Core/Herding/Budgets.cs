using System.Globalization;

namespace Cki;

/// <summary>One budget in one window of time: so many acts, each by its owner's name.</summary>
/// <param name="Key">Under <c>budgets/</c>.</param>
/// <param name="Most">At least 0.</param>
/// <param name="What">In words: <c>retries in project a/b on 2026-11-22</c>.</param>
/// <param name="Refills">A later window has its own; false: spent for good.</param>
public sealed record Budget(string Key, int Most, string What, bool Refills)
{
    public const string Prefix = "budgets/";

    public string Words => $"the budget of {Most} {What} is spent";

    /// <summary>For jobs that may fail: half of the places, so that they never take the last ones from jobs that gate.</summary>
    public Budget ForOptional() => this with { Most = Most / 2, What = $"{What} for jobs that may fail (the other half is for those that gate)" };

    /// <summary>Once per budget and window.</summary>
    public NoticeRaised Spent() => new(
        Key[..^".json".Length].Replace('/', '-'), $"Budget spent: {What}",
        Refills
            ? $"All {Most} are used. Further ones wait for the next window and are looked at again then. If they are wanted, raise the budget in trees.yaml; if not, look who asks for so many."
            : $"All {Most} are used: further ones are not made, each with this reason. If they are wanted, raise the budget in trees.yaml; if not, look who asks for so many.")
    {
        Once = true,
    };
}

/// <summary>trees.yaml, <c>budgets.retries</c>.</summary>
public sealed record RetryBudget
{
    /// <summary>In one pipeline, over all its jobs. Fifty: what needs more is broken as a whole.</summary>
    public int PerPipeline { get; init; } = 50;

    /// <summary>In one project per day (UTC). Ten such pipelines.</summary>
    public int PerProjectAndDay { get; init; } = 500;

    /// <summary>On one GitLab per hour. Ten a minute: twice what one outage's release asks for, and far below GitLab's limits for its API.</summary>
    public int PerHostAndHour { get; init; } = 600;

    /// <param name="tenant">Null: of no tenant. Each tenant has its own counts.</param>
    public IReadOnlyList<Budget> Of(PipelineRef pipeline, string? tenant, DateTimeOffset now)
    {
        string of = $"{Budget.Prefix}retries/{(tenant is null ? "" : $"{tenant}/")}{Uri.EscapeDataString(pipeline.Project.Host)}";
        string day = now.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        string hour = now.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);
        return
        [
            new(string.Create(CultureInfo.InvariantCulture, $"{of}/pipelines/{pipeline.Id}.json"), PerPipeline, $"retries in pipeline {pipeline}", Refills: false),
            new($"{of}/projects/{Uri.EscapeDataString(pipeline.Project.Path)}/{day}.json", PerProjectAndDay, $"retries in project {pipeline.Project} on {now.UtcDateTime:yyyy-MM-dd}", Refills: true),
            new($"{of}/hours/{hour}.json", PerHostAndHour, $"retries on {pipeline.Project.Host} from {now.UtcDateTime:yyyy-MM-dd HH}:00 to {now.UtcDateTime:HH}:59 UTC", Refills: true),
        ];
    }
}

/// <summary>trees.yaml, <c>budgets.pipelines</c>.</summary>
public sealed record PipelineBudget
{
    /// <summary>Of one tree per hour. Sixty: a kernel tree is pushed a few dozen times a day.</summary>
    public int PerTreeAndHour { get; init; } = 60;

    /// <summary>On one GitLab per hour. GitLab itself allows 25 a minute per project, user and commit.</summary>
    public int PerHostAndHour { get; init; } = 300;

    public IReadOnlyList<Budget> Of(TreeName tree, string host, string? tenant, DateTimeOffset now)
    {
        string of = $"{Budget.Prefix}pipelines/{(tenant is null ? "" : $"{tenant}/")}";
        string hour = now.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);
        string when = $"from {now.UtcDateTime:yyyy-MM-dd HH}:00 to {now.UtcDateTime:HH}:59 UTC";
        return
        [
            new($"{of}trees/{tree}/{hour}.json", PerTreeAndHour, $"pipelines of tree {tree} {when}", Refills: true),
            new($"{of}hosts/{Uri.EscapeDataString(host)}/{hour}.json", PerHostAndHour, $"pipelines on {host} {when}", Refills: true),
        ];
    }
}

/// <summary>trees.yaml, <c>budgets</c>: of the installation, or of a tenant.</summary>
public sealed record SuiteBudget
{
    public static readonly SuiteBudget Default = new();

    public RetryBudget Retries { get; init; } = new();

    public PipelineBudget Pipelines { get; init; } = new();
}

/// <summary>What was taken of one budget: owners in ordinal order, so that taking twice is taking once.</summary>
public sealed record BudgetLedger(IReadOnlyList<string> Owners, int V = 1);

/// <summary>
/// Budgets as one object each, changed by compare-and-swap: whatever the order, repetition, loss and crashes, never more owners than the budget. What was
/// taken stays taken, also where a crash or a refusal followed: the error is on the safe side.
/// </summary>
public sealed class Budgets(Documents documents, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>True when <paramref name="owner"/> holds a place, now or since before.</summary>
    public async Task<bool> TakeAsync(Budget budget, string owner, CancellationToken cancellationToken)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                bool isTaken = false;
                await documents.UpdateAsync(
                    budget.Key,
                    OutageJson.Default.BudgetLedger,
                    ledger =>
                    {
                        BudgetLedger? next = Take(ledger, owner, budget.Most);
                        isTaken = next is not null;
                        return next;
                    },
                    cancellationToken);
                return isTaken;
            }
            catch (StoreContendedException) when (tries < 3)
            {
                await Task.Delay(Pause * tries, clock, cancellationToken);
            }
        }
    }

    /// <summary>The ledger with the owner's place; the same where he has one; null when the budget is spent.</summary>
    public static BudgetLedger? Take(BudgetLedger? ledger, string owner, int most)
    {
        IReadOnlyList<string> owners = ledger?.Owners ?? [];
        if (ledger is not null && owners.Contains(owner, StringComparer.Ordinal))
            return ledger;
        return owners.Count >= most ? null : new BudgetLedger([.. owners.Append(owner).Order(StringComparer.Ordinal)]);
    }
}
