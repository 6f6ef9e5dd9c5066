using System.Text.RegularExpressions;

namespace Cki;

/// <summary>channels.yaml: entries of kind <c>kcidb</c> and <c>merge_request_note</c>.</summary>
internal static partial class DocumentChannelsReader
{
    public const string Kcidb = "kcidb";
    public const string Note = "merge_request_note";

    public static ChannelConfig.Kcidb ReadKcidb(EntryReader entry)
    {
        var channel = new ChannelConfig.Kcidb(entry.Text("name") ?? "", entry.Address("url"), entry.Required("origin"), entry.RequiredSecretName("token_secret"));
        if (channel.Origin.Length > 0 && !OriginName().IsMatch(channel.Origin))
            entry.Wrong("origin", $"'{channel.Origin}' must be 1 to 40 characters of a-z, 0-9 and '_'");
        if (channel.Url.Scheme == Uri.UriSchemeHttp && !channel.Url.IsLoopback)
            entry.Wrong("url", "must be https: the token would travel in the clear");
        return channel;
    }

    public static ChannelConfig.MergeRequestNote ReadNote(EntryReader entry) => new(entry.Text("name") ?? "");

    [GeneratedRegex(@"\A[a-z0-9_]{1,40}\z")]
    private static partial Regex OriginName();
}
