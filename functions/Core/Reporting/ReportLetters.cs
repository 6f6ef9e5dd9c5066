using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary>A report as programs get it: the data of the CloudEvent <c>cki.run.reported</c>.</summary>
public sealed record RunReported(string Kind, string Subject, ReportModel Report, int V = 1);

/// <summary>A notice as programs get it: the data of the CloudEvent <c>cki.notice.reported</c>.</summary>
public sealed record NoticeReported(string Key, string Kind, string Title, string Text, DateTimeOffset Since, int V = 1);

/// <summary>What a commit status says: GitLab's state and at most 255 characters.</summary>
public sealed record StatusWords(string State, string Description)
{
    private const int DescriptionMax = 255;

    public static readonly StatusWords Started = new("running", "Testing started");

    /// <summary>Only evidence against the commit says failed; whatever is not its author's matter says canceled, and why.</summary>
    public static StatusWords Final(ReportModel model)
    {
        string what = ReportSubject.What(model.Result);
        string reason = model.Result.Reason.Length == 0 ? "" : $": {model.Result.Reason}";
        return model.Result.Verdict switch
        {
            Verdict.Passed => Of("success", what + ReportSubject.NotRun(model.Result) + reason),
            Verdict.Failed => Of("failed", what + reason),
            Verdict.Superseded => Of("canceled", "A newer commit took its place"),
            Verdict.Canceled => Of("canceled", "Cancelled by a person" + reason),
            Verdict.Incomplete => Of("canceled", "Incomplete, not your commit: the deadline passed" + reason),
            Verdict.Vanished => Of("canceled", "Not tested" + reason),
            Verdict.Configuration => Of("canceled", "Configuration, not your commit" + reason),
            Verdict.Undetermined => Of("canceled", "No verdict, operators look into it" + reason),
            _ => Of("canceled", "Infrastructure, not your commit" + reason),
        };
    }

    private static StatusWords Of(string state, string description) => new(state, SafeText.Line(description, DescriptionMax));
}

/// <summary>Reports and notices as channels take them.</summary>
public static class ReportLetters
{
    private const string Source = "/cki/reporting";

    /// <param name="earlier">Message-IDs of this run's earlier reports on the channel, oldest first.</param>
    public static OutgoingReport Of(ReportModel model, string kind, ChannelConfig channel, IReadOnlyList<string> earlier)
    {
        string subject = earlier.Count > 0 ? $"Re: {ReportSubject.Of(model)}" : ReportSubject.Of(model);
        string id = ReportIds.PeerKey(model.Run, channel.Name, kind);
        var data = JsonSerializer.SerializeToNode(new RunReported(kind, subject, model), ReportJson.Default.RunReported)!;
        var told = new CloudEvent(id, Source, "cki.run.reported", model.Run.Value, model.SettledAt ?? model.DetectedAt, data);
        return new OutgoingReport(id, kind, subject, ReportText.Of(model), ReportIds.MessageId(model.Run, kind, channel), told.ToJson())
        {
            Model = model,
            Run = model.Run,
            InReplyTo = earlier.Count > 0 ? earlier[^1] : null,
            References = earlier,
        };
    }

    public static OutgoingReport Of(DeliverNotice notice, ChannelConfig channel)
    {
        RunId subject = ReportIds.OfNotice(notice.Key, notice.Since);
        string id = ReportIds.PeerKey(subject, channel.Name, notice.Notice.Kind);
        string title = SafeText.Line(notice.Notice.Title, 180);
        string text = SafeText.Paragraphs(notice.Notice.Text);
        var data = JsonSerializer.SerializeToNode(
            new NoticeReported(notice.Key, notice.Notice.Kind, title, text, notice.Since), ReportJson.Default.NoticeReported)!;
        var told = new CloudEvent(id, Source, "cki.notice.reported", notice.Key, notice.Since, data);
        string? start = notice.Notice.Kind == "start" ? null : ReportIds.MessageId(subject, "start", channel);
        return new OutgoingReport(
            id, "notice", $"[CKI] NOTICE {title}", NoticeText(notice, title, text), ReportIds.MessageId(subject, notice.Notice.Kind, channel), told.ToJson())
        {
            Notice = notice.Notice,
            InReplyTo = start,
            References = start is null ? [] : [start],
        };
    }

    private static string NoticeText(DeliverNotice notice, string title, string text)
    {
        MailLines lines = new MailLines().Hang("", "", title).Blank();
        foreach (string paragraph in text.Split('\n'))
            lines.Hang("", "", paragraph);
        return lines.Blank().Field("Since", ReportWords.Time(notice.Since)).Hang("Notice".PadRight(MailLines.LabelColumns), "  ", SafeText.Line(notice.Key, 120))
            .Field("What to do", $"infra/runbook.md, {(Runbook.EntryOf(notice.Key) is { } entry ? $"notice {entry}" : "First, always")}")
            .Blank().Raw("-- ").Raw("CKI Serverless, for operators").ToString();
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunReported))]
[JsonSerializable(typeof(NoticeReported))]
public sealed partial class ReportJson : JsonSerializerContext;
