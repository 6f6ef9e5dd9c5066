namespace Cki.PipelineTrigger;

/// <summary>Pipelines per hour, of a tree and on a GitLab.</summary>
internal sealed class TriggerBudget(SuitePorts ports)
{
    private readonly Budgets _budgets = new(ports.Documents, ports.Clock);
    private readonly Post _post = ports.PostFrom("pipeline-trigger");

    /// <summary>Throws <c>Cki.Paused</c> where none is left: the flow asks again, and operators hear once per budget and hour. An attempt takes one place per hour.</summary>
    public async Task TakeAsync(RunTask task, TreeConfig tree, CancellationToken cancellationToken)
    {
        SuiteConfig config = ports.Config.Current;
        string owner = RunIds.Execution(task.Run, task.Attempt);
        foreach (Budget budget in config.BudgetOf(tree.Name).Pipelines.Of(tree.Name, tree.Pipeline.Project.Host, config.BudgetOwner(tree.Name), ports.Clock.GetUtcNow()))
        {
            if (await _budgets.TakeAsync(budget, owner, cancellationToken))
                continue;
            await _post.SendAsync(budget.Spent(), cancellationToken);
            throw new FlowTaskException(ErrorNames.Paused, $"Run {task.Run}: {budget.Words}");
        }
    }
}
