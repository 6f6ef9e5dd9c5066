using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Cki;

/// <summary>To <c>report</c>, by Reporting itself: tell operators on one channel. Carries its text: the notice may have ended meanwhile.</summary>
public sealed record DeliverNotice(string Key, DateTimeOffset Since, string Channel, NoticeToSend Notice, int V = 1)
    : IStageMessage<DeliverNotice>
{
    public static string TypeName => "cki.notice.delivery";

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<DeliverNotice> Json => NoticeMessageJson.Default.DeliverNotice;

    public string GetSubject() => Key;

    public string GetGroup() => Channel;
}

/// <summary>To <c>report</c>, by a due marker: the trouble that began at <paramref name="Since"/> may still stand.</summary>
public sealed record NoticeReminderDue(string Key, DateTimeOffset Since, int V = 1)
    : IStageMessage<NoticeReminderDue>
{
    public static string TypeName => "cki.notice.reminder";

    public static string QueueName => QueueNames.Report;

    public static JsonTypeInfo<NoticeReminderDue> Json => NoticeMessageJson.Default.NoticeReminderDue;

    public string GetSubject() => Key;

    public string GetGroup() => "notices";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DeliverNotice))]
[JsonSerializable(typeof(NoticeReminderDue))]
public sealed partial class NoticeMessageJson : JsonSerializerContext;
