using Cki.Adapters;

namespace Cki.Reporting;

/// <summary>Facts by which a mail's recipients are picked, or why they cannot be had now.</summary>
internal abstract record Learned
{
    private Learned() { }

    public sealed record Facts(MailFacts Value) : Learned;

    /// <summary>GitLab does not answer, and the report may wait for it.</summary>
    public sealed record NotNow(string Reason) : Learned;
}

/// <summary>
/// Asks GitLab for no more than the channel's rules need: files that the commits changed, MAINTAINERS, the commit's message. No clone: a tree without a
/// project on a configured GitLab has none of them. MAINTAINERS is read as it was before the commits under test, so that no commit picks its readers.
/// </summary>
internal sealed class MailFactsDesk(SuitePorts ports, GitLabClient gitLab, BranchPast past)
{
    /// <summary>MAINTAINERS of Linux has about 900 kB.</summary>
    private const int MaintainersBytesMax = 4 << 20;

    /// <summary>So long after the run settled a report waits for a GitLab that does not answer; then it goes to whom it can.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(1);

    public async Task<Learned> LearnAsync(ChannelConfig.Mail channel, RunDetection run, ReportModel model, CancellationToken cancellationToken)
    {
        var facts = new MailFacts { Before = MailAddressing.NeedsBefore(channel) ? await past.VerdictAsync(run, cancellationToken) : null };
        if (!MailAddressing.NeedsFiles(channel) && !MailAddressing.NeedsCommit(channel))
            return new Learned.Facts(facts);
        if ((run.MergeRequest?.Project ?? ports.Config.Current.Tree(run.Tree)?.Project) is not { } project)
            return Without(facts, "the tree has no project on a configured GitLab");
        try
        {
            return new Learned.Facts(await AskAsync(channel, run, project, facts, cancellationToken));
        }
        catch (GitLabUnavailableException e)
        {
            DateTimeOffset since = model.SettledAt ?? model.DetectedAt;
            return ports.Clock.GetUtcNow() - since < Patience ? new Learned.NotNow($"whom to tell is not known yet: {e.Message}") : Without(facts, e.Message);
        }
        catch (GitLabRefusedException e)
        {
            return Without(facts, e.Message);
        }
    }

    private static Learned.Facts Without(MailFacts facts, string why) =>
        new(facts with { Unknown = [.. facts.Unknown, $"recipients by what changed or who wrote it were left out: {SafeText.Line(why, 300)}"] });

    private async Task<MailFacts> AskAsync(ChannelConfig.Mail channel, RunDetection run, ProjectRef project, MailFacts facts, CancellationToken cancellationToken)
    {
        if (MailAddressing.NeedsCommit(channel))
        {
            CommitWritten? commit = await gitLab.GetCommitAsync(project, run.Sha, cancellationToken);
            facts = facts with { CommitMessage = commit?.Message, AuthorAddress = commit?.AuthorAddress };
        }
        if (!MailAddressing.NeedsFiles(channel))
            return facts;
        if (run.Previous is not { } before)
            return Without(facts, "the head before is not known").Value;
        IReadOnlyList<string>? files = await gitLab.CompareFilesAsync(project, before, run.Sha, cancellationToken);
        if (files is null)
            return Without(facts, "GitLab does not know all files that changed").Value;
        facts = facts with { Files = files };
        if (!MailAddressing.NeedsMaintainers(channel))
            return facts;
        string name = channel.Maintainers?.File ?? "MAINTAINERS";
        string? text = await gitLab.GetFileAsync(project, name, before, MaintainersBytesMax, cancellationToken);
        return text is null ? Without(facts, $"there is no {name} at {before.Short}").Value : facts with { Maintainers = Maintainers.Parse(text) };
    }
}
