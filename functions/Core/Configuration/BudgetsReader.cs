namespace Cki;

/// <summary>trees.yaml, <c>budgets</c>: of the installation, or of a tenant. What is not named keeps its default.</summary>
internal static class BudgetsReader
{
    private const int Most = 100_000;

    /// <summary>Null where the entry has no budgets.</summary>
    public static SuiteBudget? Read(EntryReader owner)
    {
        if (owner.Field("budgets") is not { } node)
            return null;
        var entry = new EntryReader(node, owner.PathOf("budgets"), ConfigFields.Budgets, owner.Errors);
        var budget = SuiteBudget.Default;
        if (entry.Field("retries") is { } retries)
            budget = budget with { Retries = Retries(new EntryReader(retries, entry.PathOf("retries"), ConfigFields.RetryBudget, owner.Errors), budget.Retries) };
        if (entry.Field("pipelines") is { } pipelines)
            budget = budget with { Pipelines = Pipelines(new EntryReader(pipelines, entry.PathOf("pipelines"), ConfigFields.PipelineBudget, owner.Errors), budget.Pipelines) };
        return budget;
    }

    private static RetryBudget Retries(EntryReader entry, RetryBudget otherwise) => new()
    {
        PerPipeline = (int)entry.Number("per_pipeline", otherwise.PerPipeline, 0, Most),
        PerProjectAndDay = (int)entry.Number("per_project_and_day", otherwise.PerProjectAndDay, 0, Most),
        PerHostAndHour = (int)entry.Number("per_host_and_hour", otherwise.PerHostAndHour, 0, Most),
    };

    private static PipelineBudget Pipelines(EntryReader entry, PipelineBudget otherwise) => new()
    {
        PerTreeAndHour = (int)entry.Number("per_tree_and_hour", otherwise.PerTreeAndHour, 0, Most),
        PerHostAndHour = (int)entry.Number("per_host_and_hour", otherwise.PerHostAndHour, 0, Most),
    };
}
