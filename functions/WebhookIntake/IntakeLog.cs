using Microsoft.Extensions.Logging;

namespace Cki.WebhookIntake;

internal static partial class IntakeLog
{
    [LoggerMessage(1, LogLevel.Information, "Delivery {Delivery} of {Source}: {Reading}; {Outcome}")]
    public static partial void Taken(ILogger log, string delivery, string source, string reading, string outcome);

    [LoggerMessage(2, LogLevel.Warning, "A request for source {Source} was refused: {Why}")]
    public static partial void Refused(ILogger log, string source, string why);

    [LoggerMessage(3, LogLevel.Error, "Secret {Secret} of source {Source} cannot be read or does not exist")]
    public static partial void NoSecret(ILogger log, Exception? exception, string secret, string source);

    [LoggerMessage(4, LogLevel.Error, "Delivery {Delivery} of {Source}: {Part} refused it")]
    public static partial void PartRefused(ILogger log, Exception exception, string delivery, string source, string part);

    [LoggerMessage(5, LogLevel.Error, "The door failed on a request for source {Source}")]
    public static partial void DoorFailed(ILogger log, Exception exception, string source);

    [LoggerMessage(6, LogLevel.Error, "The heartbeat of {Check} could not be taken")]
    public static partial void BeatFailed(ILogger log, Exception exception, string check);

    [LoggerMessage(7, LogLevel.Error, "The door failed on a mute link of tree {Tree}")]
    public static partial void MuteFailed(ILogger log, Exception exception, TreeName tree);
}
