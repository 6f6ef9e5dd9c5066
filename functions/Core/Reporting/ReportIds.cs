using System.Security.Cryptography;
using System.Text;

namespace Cki;

/// <summary>Ids that stay the same however often a report is sent: peers and readers recognise a copy by them.</summary>
public static class ReportIds
{
    private const string NoDomain = "cki-serverless.invalid";

    /// <summary>Without angle brackets: <c>{runId}.{kind}@{domain of the From address}</c>.</summary>
    public static string MessageId(RunId run, string kind, ChannelConfig channel) => $"{run}.{kind}@{Domain(channel)}";

    /// <summary>Webhook id: letters, digits, dashes.</summary>
    public static string PeerKey(RunId run, string channel, string kind) =>
        $"{run}-{Hash($"{channel}\n{kind}")}-{kind}";

    /// <summary>Stands for the run in the deliveries of a notice: one id per trouble, from its beginning to its end.</summary>
    public static RunId OfNotice(string key, DateTimeOffset since) =>
        new($"notice-{Hash($"{key}\n{since.UtcDateTime:O}")}");

    private static string Domain(ChannelConfig channel)
    {
        if (channel is not ChannelConfig.Mail mail)
            return NoDomain;
        string after = mail.From[(mail.From.LastIndexOf('@') + 1)..].TrimEnd('>', ' ');
        return after.Length > 0 && after.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') ? after : NoDomain;
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..12];
}
