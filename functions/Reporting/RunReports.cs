using System.Globalization;
using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>From a run that started or settled to its reports, each channel by its own message.</summary>
public sealed class RunReports(SuitePorts ports, Courier courier, ReportingOptions options, ILogger log)
{
    /// <summary>A delivery that is still open then is looked at by Watch.</summary>
    private static readonly TimeSpan DueAfter = TimeSpan.FromMinutes(2);

    private readonly Post _post = ports.PostFrom("reporting");
    private readonly PuttingOff _later = new(ports);

    public async Task StartedAsync(RunStarted started, CancellationToken cancellationToken)
    {
        (RunDetection detection, RunPipeline pipeline) = await FactsAsync(started.Run, cancellationToken);
        if (pipeline.Attempts.Any(a => a.Number >= started.Attempt && a.Result is not null))
            return;
        foreach (string channel in ReportRoute.Start(ports.Config.Current, ports.Config.Current.Tree(detection.Tree)))
            await _post.SendAsync(new DeliverReport(started.Run, started.Attempt, channel, ReportKind.Start(started.Attempt).ToString()), cancellationToken);
    }

    public async Task SettledAsync(RunSettled settled, CancellationToken cancellationToken)
    {
        (RunDetection detection, RunPipeline pipeline) = await FactsAsync(settled.Run, cancellationToken);
        RunResult result = Attempt(pipeline, settled.Attempt).Result
            ?? throw new InvalidOperationException($"{settled.Run}: attempt {settled.Attempt} is said to have settled but has no result");
        IReadOnlyList<string> wanted = ReportRoute.Final(ports.Config.Current, ports.Config.Current.Tree(detection.Tree), result.Verdict);
        RunReport? report = await ReportAsync(settled.Run, cancellationToken);
        if (report is not null && (report.Attempt > settled.Attempt || (report.Attempt == settled.Attempt && report.ClosedAt is not null)))
            return;
        // What was wanted when the run settled stays wanted, whatever the configuration says when this message comes again.
        if (report is not null && report.Attempt == settled.Attempt)
            wanted = report.Wanted;
        string kind = ReportKind.Final(settled.Attempt).ToString();
        var messages = wanted.Select(c => new DeliverReport(settled.Run, settled.Attempt, c, kind)).ToList();
        var due = new List<string>();
        foreach (DeliverReport message in messages)
            due.Add(await ports.Due.PlaceAsync(_post.Marker("report", Id(message), ports.Clock.GetUtcNow() + DueAfter, message), cancellationToken));
        await ports.Documents.UpdateAsync(
            RunIds.ReportKey(settled.Run),
            DocumentJson.Default.RunReport,
            current => current is null || current.Attempt < settled.Attempt ? new RunReport(settled.Run, settled.Attempt, wanted) : current,
            cancellationToken);
        for (int i = 0; i < messages.Count; i++)
            await _post.SendAsync(messages[i], cancellationToken, due[i]);
        log.Routed(settled.Run, settled.Attempt, result.Verdict, string.Join(", ", wanted));
        await CloseAsync(settled.Run, cancellationToken);
    }

    public async Task DeliverAsync(ReceivedMessage message, DeliverReport delivery, CancellationToken cancellationToken)
    {
        if (!ReportKind.TryParse(delivery.Kind, out ReportKind? kind))
            throw new UnreadableMessageException($"{delivery.Run}: '{delivery.Kind}' is no kind of report");
        (RunDetection detection, RunPipeline pipeline) = await FactsAsync(delivery.Run, cancellationToken);
        var parcel = new Parcel(
            delivery.Run, delivery.Channel, delivery.Kind, detection.Tree, (channel, others) => Write(kind.Value, channel, others, detection, pipeline));
        Carried carried = await courier.CarryAsync(parcel, cancellationToken);
        if (carried is Carried.PutOff off)
        {
            await PutOffAsync(message, delivery, kind.Value, off, cancellationToken);
            return;
        }
        await CloseAsync(delivery.Run, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task PutOffAsync(ReceivedMessage message, DeliverReport delivery, ReportKind kind, Carried.PutOff off, CancellationToken cancellationToken)
    {
        // A start that is held is old news when it is let go.
        if (off.IsHeld && !kind.IsFinal)
        {
            log.Dropped(delivery.Run, delivery.Kind, delivery.Channel, off.Reason);
            return;
        }
        await _later.UntilAsync(message, delivery, ("report", Id(delivery)), off.Delay, cancellationToken);
        log.PutOff(delivery.Run, delivery.Kind, delivery.Channel, off.Reason);
    }

    /// <summary>A run is closed when each wanted channel is sent or parked.</summary>
    private async Task CloseAsync(RunId run, CancellationToken cancellationToken)
    {
        RunReport? report = await ReportAsync(run, cancellationToken);
        if (report is null || report.ClosedAt is not null)
            return;
        string kind = ReportKind.Final(report.Attempt).ToString();
        foreach (string channel in report.Wanted)
        {
            string key = ReportDelivery.KeyOf(run, channel, kind);
            Document<ReportDelivery>? found = await ports.Documents.GetAsync(key, DocumentJson.Default.ReportDelivery, cancellationToken);
            if (found is not { Value.State: DeliveryState.Sent or DeliveryState.Parked })
                return;
        }
        await ports.Documents.UpdateAsync(
            RunIds.ReportKey(run),
            DocumentJson.Default.RunReport,
            current => current?.Attempt == report.Attempt && current.ClosedAt is null ? current with { ClosedAt = ports.Clock.GetUtcNow() } : current,
            cancellationToken);
        log.Closed(run, report.Attempt);
    }

    private Letter Write(ReportKind kind, ChannelConfig channel, IReadOnlyList<ReportDelivery> others, RunDetection detection, RunPipeline pipeline)
    {
        TreeConfig? tree = ports.Config.Current.Tree(detection.Tree);
        if (!kind.IsFinal)
            return Status(channel, tree, detection, StatusWords.Started, SafeText.HttpAddress(Attempt(pipeline, kind.Attempt).WebUrl));
        ReportModel model = ReportModel.Of(detection, pipeline, kind.Attempt, tree, options.BoardUrl);
        if (channel is ChannelConfig.CommitStatus)
            return Status(channel, tree, detection, StatusWords.Final(model), model.BoardUrl ?? model.PipelineUrl);
        List<string> earlier =
        [
            .. others.Where(o => o.State == DeliveryState.Sent && ReportKind.TryParse(o.Kind, out ReportKind? k) && k.Value.IsFinal && k.Value.Attempt < kind.Attempt)
                .OrderBy(o => o.SentAt).Select(o => ReportIds.MessageId(detection.Run, o.Kind, channel)),
        ];
        return new Letter.Words(ReportLetters.Of(model, kind.ToString(), channel, earlier));
    }

    /// <summary>A tree that lost its project cannot have a status: the door refuses an empty project for good, which parks it.</summary>
    private static Letter Status(ChannelConfig channel, TreeConfig? tree, RunDetection detection, StatusWords words, string? target)
    {
        string context = channel is ChannelConfig.CommitStatus status ? status.Context : channel.Name;
        // A commit that a pipeline of others tests is in that pipeline's project, unless a variable of it named one of the tree's.
        ProjectRef? own = detection.Adopted is { } adopted && (adopted.Sha == detection.Sha || detection.MergeRequest is not null) ? adopted.Pipeline.Project : null;
        ProjectRef project = own ?? tree?.Project ?? new ProjectRef("", "");
        string gitRef = detection.MergeRequest is not null ? $"refs/{detection.Branch}" : detection.Branch.StartsWith("tags/", StringComparison.Ordinal) ? detection.Branch["tags/".Length..] : detection.Branch;
        return new Letter.Status(project, new CommitStatusPost(detection.Sha, words.State, context, gitRef, words.Description, target));
    }

    private async Task<(RunDetection Detection, RunPipeline Pipeline)> FactsAsync(RunId run, CancellationToken cancellationToken)
    {
        Document<RunDetection>? detection = await ports.Documents.GetAsync(RunIds.DetectionKey(run), DocumentJson.Default.RunDetection, cancellationToken);
        Document<RunPipeline>? pipeline = await ports.Documents.GetAsync(RunIds.PipelineKey(run), DocumentJson.Default.RunPipeline, cancellationToken);
        if (detection is null || pipeline is null)
            throw new InvalidOperationException($"{run}: no {(detection is null ? "detection" : "pipeline")} record to report from");
        return (detection.Value, pipeline.Value);
    }

    private async Task<RunReport?> ReportAsync(RunId run, CancellationToken cancellationToken) =>
        (await ports.Documents.GetAsync(RunIds.ReportKey(run), DocumentJson.Default.RunReport, cancellationToken))?.Value;

    private static RunAttempt Attempt(RunPipeline pipeline, int number) =>
        pipeline.Attempts.FirstOrDefault(a => a.Number == number)
        ?? throw new InvalidOperationException($"{pipeline.Run} has no attempt {number.ToString(CultureInfo.InvariantCulture)}");

    private static string Id(DeliverReport message) => $"{message.Run}-{message.Channel}-{message.Kind}";
}
