namespace Cki;

/// <summary>What the tree says about manual jobs.</summary>
public static class ManualRules
{
    /// <summary>The rule for a job that waits for a person; null: none, or the job does not wait.</summary>
    public static ManualRule? Of(TreePipeline tree, PipelineJob job) =>
        job.Status == GitLabStatus.Manual ? tree.Manual.FirstOrDefault(rule => JobGlob.Matches(rule.Job, job.Name)) : null;

    /// <summary>How long manual jobs hold up settling after the last change of any job.</summary>
    public static TimeSpan Waits(TreePipeline tree, IEnumerable<PipelineJob> latest) => latest
        .Select(job => Of(tree, job)).Where(rule => rule?.Act == ManualAct.Wait).Select(rule => rule!.Within).DefaultIfEmpty(TimeSpan.Zero).Max();
}
