using Microsoft.Extensions.Logging;

namespace Cki.Reporting;

/// <summary>From a run that started, failed on evidence, settled or was judged again to its reports, each channel by its own message.</summary>
public sealed class RunReports(SuitePorts ports, Courier courier, ReportingOptions options, ILogger log)
{
    /// <summary>A delivery that is still open then is looked at by Watch.</summary>
    private static readonly TimeSpan DueAfter = TimeSpan.FromMinutes(2);

    private readonly Post _post = ports.PostFrom("reporting");
    private readonly PuttingOff _later = new(ports);
    private readonly RunFacts _facts = new(ports);
    private readonly Misled _misled = new(new RunFacts(ports));
    private readonly LetterWriting _letters = new(ports.Config, options);

    public async Task StartedAsync(RunStarted started, CancellationToken cancellationToken)
    {
        RunRead run = await _facts.ReadAsync(started.Run, cancellationToken);
        if (run.Pipeline.Attempts.Any(a => a.Number >= started.Attempt && a.Result is not null))
            return;
        foreach (string channel in ReportRoute.Start(ports.Config.Current, ports.Config.Current.Tree(run.Detection.Tree)))
            await _post.SendAsync(new DeliverReport(started.Run, started.Attempt, channel, ReportKind.Start(started.Attempt).ToString()), cancellationToken);
    }

    /// <summary>Sent for each failed job; all but the first find it told.</summary>
    public async Task EvidenceAsync(EvidenceFound found, CancellationToken cancellationToken)
    {
        RunRead run = await _facts.ReadAsync(found.Run, cancellationToken);
        RunAttempt attempt = run.Attempt(found.Attempt);
        IReadOnlyList<string> channels = ReportRoute.Early(ports.Config.Current, ports.Config.Current.Tree(run.Detection.Tree));
        if (attempt.Result is not null || channels.Count == 0 || await _facts.SoFarAsync(attempt, cancellationToken) is null)
            return;
        await SendAsync(found.Run, ReportKind.Early(found.Attempt), channels, cancellationToken);
    }

    public async Task SettledAsync(RunSettled settled, CancellationToken cancellationToken)
    {
        RunRead run = await _facts.ReadAsync(settled.Run, cancellationToken);
        RunAttempt attempt = run.Attempt(settled.Attempt);
        RunResult result = attempt.Result
            ?? throw new InvalidOperationException($"{settled.Run}: attempt {settled.Attempt} is said to have settled but has no result");
        RunReport? report = await _facts.ReportAsync(settled.Run, cancellationToken);
        if (report?.Attempt > settled.Attempt)
            return;
        // What was wanted when the run settled stays wanted, whatever the configuration says when this message comes again.
        IReadOnlyList<string> wanted = report?.Attempt == settled.Attempt
            ? report.Wanted
            : ReportRoute.Final(ports.Config.Current, ports.Config.Current.Tree(run.Detection.Tree), result.Verdict);
        if (report is null || report.Attempt < settled.Attempt || report.ClosedAt is null)
            await AnnounceAsync(settled, result.Verdict, wanted, cancellationToken);
        await CorrectAsync(run, attempt, wanted, cancellationToken);
    }

    private async Task AnnounceAsync(RunSettled settled, Verdict verdict, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        ReportKind kind = ReportKind.Final(settled.Attempt);
        DeliverReport[] messages = [.. wanted.Select(c => new DeliverReport(settled.Run, settled.Attempt, c, kind.ToString()))];
        string[] due = await PlaceAsync(messages, cancellationToken);
        await ports.Documents.UpdateAsync(
            RunIds.ReportKey(settled.Run),
            DocumentJson.Default.RunReport,
            current => current is null || current.Attempt < settled.Attempt ? new RunReport(settled.Run, settled.Attempt, wanted) : current,
            cancellationToken);
        for (int i = 0; i < messages.Length; i++)
            await _post.SendAsync(messages[i], cancellationToken, due[i]);
        log.Routed(settled.Run, settled.Attempt, verdict, string.Join(", ", wanted));
        await CloseAsync(settled.Run, cancellationToken);
    }

    /// <summary>
    /// Whoever was told that the commit is to blame hears when that holds no longer: after the result was judged again, and where an early report went
    /// to people who get no final, since its verdict is not for them. Whether anything is to be corrected is seen at the delivery.
    /// </summary>
    private async Task CorrectAsync(RunRead run, RunAttempt attempt, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        bool isJudgedAgain = attempt.Reconsidered is { Count: > 0 };
        string[] withoutFinal = [.. ReportRoute.Early(ports.Config.Current, ports.Config.Current.Tree(run.Detection.Tree)).Except(wanted)];
        if (!isJudgedAgain && withoutFinal.Length == 0)
            return;
        string[] told = [.. (await _misled.ChannelsAsync(run.Run, attempt.Number, cancellationToken)).Where(c => isJudgedAgain || withoutFinal.Contains(c))];
        await SendAsync(run.Run, ReportKind.Correction(attempt.Number, Math.Max(1, attempt.Judgements)), told, cancellationToken);
    }

    public async Task DeliverAsync(ReceivedMessage message, DeliverReport delivery, CancellationToken cancellationToken)
    {
        if (!ReportKind.TryParse(delivery.Kind, out ReportKind? kind))
            throw new UnreadableMessageException($"{delivery.Run}: '{delivery.Kind}' is no kind of report");
        RunRead run = await ReadAsync(delivery, kind.Value, cancellationToken);
        if (kind.Value.Phase == ReportPhase.Correction && await _misled.WhyNotAsync(run, delivery, kind.Value, cancellationToken) is { } not)
        {
            if (not is Carried.PutOff wait)
                await PutOffAsync(message, delivery, kind.Value, wait, cancellationToken);
            else
                await ports.Due.DoneAsync(message, cancellationToken);
            return;
        }
        var parcel = new Parcel(delivery.Run, delivery.Channel, delivery.Kind, run.Detection.Tree, (channel, others) => _letters.Write(kind.Value, channel, others, run))
        {
            VerdictAt = kind.Value.IsFinal ? run.Attempt(kind.Value.Attempt).SettledAt : null,
        };
        Carried carried = await courier.CarryAsync(parcel, cancellationToken);
        if (carried is Carried.PutOff off)
        {
            await PutOffAsync(message, delivery, kind.Value, off, cancellationToken);
            return;
        }
        await CloseAsync(delivery.Run, cancellationToken);
        await ports.Due.DoneAsync(message, cancellationToken);
    }

    private async Task<RunRead> ReadAsync(DeliverReport delivery, ReportKind kind, CancellationToken cancellationToken)
    {
        RunRead run = await _facts.ReadAsync(delivery.Run, cancellationToken);
        // A status has no room for it.
        bool isStatus = ports.Config.Current.Channel(delivery.Channel) is ChannelConfig.CommitStatus;
        return kind.Phase switch
        {
            ReportPhase.Early => run with { SoFar = await _facts.SoFarAsync(run.Attempt(kind.Attempt), cancellationToken) },
            ReportPhase.Final when !isStatus => run with { Before = await _facts.BeforeAsync(run.Detection, cancellationToken) },
            ReportPhase.Correction => run with { Misled = await _misled.ChannelsAsync(run.Run, kind.Attempt, cancellationToken) },
            _ => run,
        };
    }

    private async Task PutOffAsync(ReceivedMessage message, DeliverReport delivery, ReportKind kind, Carried.PutOff off, CancellationToken cancellationToken)
    {
        // A start that is held is old news when it is let go.
        if (off.IsHeld && kind.Phase == ReportPhase.Start)
        {
            log.Dropped(delivery.Run, delivery.Kind, delivery.Channel, off.Reason);
            return;
        }
        await _later.UntilAsync(message, delivery, ("report", Id(delivery)), off.Delay, cancellationToken);
        log.PutOff(delivery.Run, delivery.Kind, delivery.Channel, off.Reason);
    }

    /// <summary>One message per channel that has not been served yet, each watched over.</summary>
    private async Task SendAsync(RunId run, ReportKind kind, IReadOnlyList<string> channels, CancellationToken cancellationToken)
    {
        var messages = new List<DeliverReport>();
        foreach (string channel in channels)
        {
            if (await _facts.DeliveryAsync(run, channel, kind, cancellationToken) is not { HasEnded: true })
                messages.Add(new DeliverReport(run, kind.Attempt, channel, kind.ToString()));
        }
        string[] due = await PlaceAsync(messages, cancellationToken);
        for (int i = 0; i < messages.Count; i++)
            await _post.SendAsync(messages[i], cancellationToken, due[i]);
    }

    private async Task<string[]> PlaceAsync(IReadOnlyList<DeliverReport> messages, CancellationToken cancellationToken)
    {
        var due = new List<string>();
        foreach (DeliverReport message in messages)
            due.Add(await ports.Due.PlaceAsync(_post.Marker("report", Id(message), ports.Clock.GetUtcNow() + DueAfter, message), cancellationToken));
        return [.. due];
    }

    /// <summary>A run is closed when each wanted channel's final was sent, parked or omitted.</summary>
    private async Task CloseAsync(RunId run, CancellationToken cancellationToken)
    {
        RunReport? report = await _facts.ReportAsync(run, cancellationToken);
        if (report is null || report.ClosedAt is not null)
            return;
        foreach (string channel in report.Wanted)
        {
            if (await _facts.DeliveryAsync(run, channel, ReportKind.Final(report.Attempt), cancellationToken) is not { HasEnded: true })
                return;
        }
        await ports.Documents.UpdateAsync(
            RunIds.ReportKey(run),
            DocumentJson.Default.RunReport,
            current => current?.Attempt == report.Attempt && current.ClosedAt is null ? current with { ClosedAt = ports.Clock.GetUtcNow() } : current,
            cancellationToken);
        log.Closed(run, report.Attempt);
        if (ProbeTree.Is(run) && Trail.Current?.DetectedAt is { } pushed)
            SuiteMetrics.ProbeSeconds.Record((ports.Clock.GetUtcNow() - pushed).TotalSeconds);
    }

    private static string Id(DeliverReport message) => $"{message.Run}-{message.Channel}-{message.Kind}";
}
