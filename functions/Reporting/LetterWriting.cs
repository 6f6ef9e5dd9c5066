using Cki.Adapters;

namespace Cki.Reporting;

/// <summary>From a run's facts to what one channel gets, given what it got before.</summary>
public sealed class LetterWriting(IConfigSource config, ReportingOptions options)
{
    /// <param name="others">The channel's other deliveries about the run.</param>
    public Letter Write(ReportKind kind, ChannelConfig channel, IReadOnlyList<ReportDelivery> others, RunRead run)
    {
        TreeConfig? tree = config.Current.Tree(run.Detection.Tree);
        RunAttempt attempt = run.Attempt(kind.Attempt);
        switch (kind.Phase)
        {
            case ReportPhase.Start:
                return Status(channel, tree, run.Detection, StatusWords.Started, SafeText.HttpAddress(attempt.WebUrl));
            case ReportPhase.Early when attempt.Result is not null:
                return new Letter.Nothing("the attempt has settled: its final report tells");
            case ReportPhase.Early when run.SoFar is null:
                return new Letter.Nothing("no evidence is left to tell");
            case ReportPhase.Early:
                return Said(ReportModel.Early(run.Detection, attempt, run.SoFar!, tree, options.BoardUrl), kind, channel, (others, run));
        }
        ReportModel model = ReportModel.Of(run.Detection, run.Pipeline, kind.Attempt, tree, options.BoardUrl) with
        {
            Phase = kind.Phase,
            Correction = Told(others, kind) is { } told && Corrections.Of(told, attempt, run.Pipeline) is { } wrong ? wrong with { Misled = run.Misled } : null,
            Mended = run.Detection.Previous is { } previous ? Mending.Of(previous, run.Before, ReportModel.Clean(attempt.Result!)) : null,
        };
        if (kind.Phase == ReportPhase.Correction && model.Correction is null)
            return new Letter.Nothing("what was told holds");
        if (channel is ChannelConfig.CommitStatus)
            return Status(channel, tree, run.Detection, StatusWords.Final(model), model.BoardUrl ?? model.PipelineUrl) with { Told = ToldPicture.Of(model.Result) };
        if (ReportRoute.IsSparedRepetition(channel) && kind.IsFinal && Said(others, kind) is { } early && early.IsSame(ToldPicture.Of(model.Result)))
            return new Letter.Nothing($"{ReportKind.Early(kind.Attempt)} said the same");
        return Said(model, kind, channel, (others, run));
    }

    private static Letter Said(ReportModel model, ReportKind kind, ChannelConfig channel, (IReadOnlyList<ReportDelivery> Others, RunRead Run) known)
    {
        RunDetection detection = known.Run.Detection;
        return channel switch
        {
            ChannelConfig.Kcidb => new Letter.Kcidb(detection, known.Run.Attempt(kind.Attempt), kind.ToString()) { Told = ToldPicture.Of(model.Result) },
            ChannelConfig.MergeRequestNote when detection.MergeRequest is not { } => new Letter.Nothing("the run tests no merge request"),
            ChannelConfig.MergeRequestNote => new Letter.Note(new NoteToPut(
                detection.MergeRequest!, MergeRequestText.IdOf(detection.Tree, channel.Name), MergeRequestText.Of(model), MergeRequestText.RankOf(detection, kind.Attempt)))
            {
                Told = ToldPicture.Of(model.Result),
            },
            _ => Words(model, kind, channel, known.Others),
        };
    }

    /// <summary>What the channel's readers were told last that blamed or cleared the commit.</summary>
    public static ReportDelivery? Told(IReadOnlyList<ReportDelivery> others, ReportKind before) => others
        .Where(o => o is { State: DeliveryState.Sent, Told: not null } && o.Kind != before.ToString())
        .OrderBy(o => o.SentAt).ThenBy(o => o.Kind, StringComparer.Ordinal).LastOrDefault();

    private static ToldPicture? Said(IReadOnlyList<ReportDelivery> others, ReportKind final) =>
        others.FirstOrDefault(o => o.State == DeliveryState.Sent && o.Kind == ReportKind.Early(final.Attempt).ToString())?.Told;

    private static Letter Words(ReportModel model, ReportKind kind, ChannelConfig channel, IReadOnlyList<ReportDelivery> others)
    {
        List<string> earlier =
        [
            .. others.Where(o => o.State == DeliveryState.Sent && ReportKind.TryParse(o.Kind, out ReportKind? k) && k.Value != kind && k.Value.Phase != ReportPhase.Start)
                .OrderBy(o => o.SentAt).ThenBy(o => o.Kind, StringComparer.Ordinal).Select(o => ReportIds.MessageId(model.Run, o.Kind, channel)),
        ];
        return new Letter.Words(ReportLetters.Of(model, kind.ToString(), channel, earlier)) { Told = ToldPicture.Of(model.Result) };
    }

    /// <summary>A tree that lost its project cannot have a status: the door refuses an empty project for good, which parks it.</summary>
    private static Letter.Status Status(ChannelConfig channel, TreeConfig? tree, RunDetection detection, StatusWords words, string? target)
    {
        string context = channel is ChannelConfig.CommitStatus status ? status.Context : channel.Name;
        // A commit that a pipeline of others tests is in that pipeline's project, unless a variable of it named one of the tree's.
        ProjectRef? own = detection.Adopted is { } adopted && (adopted.Sha == detection.Sha || detection.MergeRequest is not null) ? adopted.Pipeline.Project : null;
        ProjectRef project = own ?? tree?.Project ?? new ProjectRef("", "");
        string gitRef = detection.MergeRequest is not null ? $"refs/{detection.Branch}" : detection.Branch.StartsWith("tags/", StringComparison.Ordinal) ? detection.Branch["tags/".Length..] : detection.Branch;
        return new Letter.Status(project, new CommitStatusPost(detection.Sha, words.State, context, gitRef, words.Description, target));
    }
}
