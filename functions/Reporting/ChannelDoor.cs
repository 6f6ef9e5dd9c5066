using Cki.Adapters;

namespace Cki.Reporting;

/// <summary>What is sent: words for people and programs, or a commit's status.</summary>
public abstract record Letter
{
    private Letter() { }

    /// <summary>What it says of the commit, noted with its delivery; null where nothing follows on it.</summary>
    public ToldPicture? Told { get; init; }

    /// <summary>It would say nothing new: nothing is sent, and that is noted with its reason.</summary>
    public sealed record Nothing(string Reason) : Letter;

    public sealed record Words(OutgoingReport Report) : Letter;

    public sealed record Status(ProjectRef Project, CommitStatusPost Post) : Letter;

    public sealed record Note(NoteToPut Put) : Letter;

    /// <summary>What a submission to KCIDB is about; it is made when it is sent, of what GitLab shows then.</summary>
    public sealed record Kcidb(RunDetection Run, RunAttempt Attempt, string Kind) : Letter;
}

/// <summary>A channel that does not want every report, and can tell before.</summary>
internal interface IChoosyChannel
{
    /// <summary>Null: it wants the report.</summary>
    Task<string?> WhyNotAsync(OutgoingReport report, CancellationToken cancellationToken);
}

/// <summary>All channels behind one door. Setting the same commit status twice does no harm; other channels know copies by their ids.</summary>
public sealed class ChannelDoor(GitLabClient gitLab, NotePoster notes, KcidbDesk kcidb, OpenChannel open)
{
    public async Task<ChannelOutcome> SendAsync(ChannelConfig channel, Letter letter, CancellationToken cancellationToken)
    {
        try
        {
            return letter switch
            {
                Letter.Status status => await SetAsync(status, cancellationToken),
                Letter.Note note => await notes.PutAsync(note.Put, cancellationToken),
                Letter.Kcidb submission when channel is ChannelConfig.Kcidb database => await kcidb.SubmitAsync(database, submission, cancellationToken),
                Letter.Words words when open(channel) is { } opened => await opened.SendAsync(words.Report, cancellationToken),
                _ => new ChannelOutcome.Refused($"channel {channel.Name} cannot carry a report ({channel.GetType().Name})", Permanent: true),
            };
        }
        catch (SecretsUnavailableException e)
        {
            // Nothing was sent yet: secrets are read before the first byte.
            return new ChannelOutcome.Refused($"secret of channel {channel.Name}: {e.Message}", Permanent: false);
        }
    }

    /// <summary>Null: the channel wants the report.</summary>
    public Task<string?> WhyNotAsync(ChannelConfig channel, OutgoingReport report, CancellationToken cancellationToken) =>
        open(channel) is IChoosyChannel choosy ? choosy.WhyNotAsync(report, cancellationToken) : Task.FromResult<string?>(null);

    private async Task<ChannelOutcome> SetAsync(Letter.Status status, CancellationToken cancellationToken)
    {
        try
        {
            long? id = await gitLab.SetCommitStatusAsync(status.Project, status.Post, cancellationToken);
            return new ChannelOutcome.Sent(id?.ToString() ?? $"{status.Post.Context}:{status.Post.State}");
        }
        catch (GitLabRefusedException e)
        {
            // A token that expired or lost its role is mended by an operator, and then the same request succeeds.
            return new ChannelOutcome.Refused(e.Message, Permanent: e.Status is not (401 or 403));
        }
        catch (GitLabUnavailableException e)
        {
            return new ChannelOutcome.Unavailable(e.Message);
        }
    }
}
