using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>report</c>, by the front door: the holder of a genuine mute link asked for it.</summary>
/// <param name="Until">Not after <paramref name="AskedAt"/>: mails are wanted again.</param>
public sealed record MuteAsked(TreeName Tree, string Pattern, string Address, DateTimeOffset AskedAt, DateTimeOffset Until, int V = 1)
    : IStageMessage<MuteAsked>
{
    public static string TypeName => "cki.mute.asked";

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<MuteAsked> Json => MailMessageJson.Default.MuteAsked;

    public string GetSubject() => Tree.Value;

    public string GetGroup() => "mutes";
}

/// <summary>To <c>report</c>, by a due marker: the period's reports of a channel go out in one mail.</summary>
/// <param name="Period">See <see cref="DigestPeriod"/>.</param>
public sealed record DigestDue(string Channel, string Period, int V = 1)
    : IStageMessage<DigestDue>
{
    public static string TypeName => "cki.digest.due";

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<DigestDue> Json => MailMessageJson.Default.DigestDue;

    public string GetSubject() => $"{Channel}/{Period}";

    public string GetGroup() => Channel;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MuteAsked))]
[JsonSerializable(typeof(DigestDue))]
public sealed partial class MailMessageJson : JsonSerializerContext;
