namespace Cki.Reporting;

/// <summary>The links by which each recipient stops a channel's mails.</summary>
internal static class MuteLinks
{
    /// <summary>
    /// Null where the channel has no key for them, is the operators', or nobody said where the front door is. Throws
    /// <see cref="SecretsUnavailableException"/> for a key that cannot be read or is too short.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, MuteAddresses>?> OfAsync(
        SuitePorts ports, ChannelConfig.Mail channel, ReportModel model, MailEnvelope envelope, CancellationToken cancellationToken)
    {
        if (channel.MuteKeySecret is not { } name || channel.ForOperators || ports.FrontDoor is not { } door)
            return null;
        string secret = await ports.Secrets.GetAsync(name, cancellationToken) ?? "";
        if (MuteLink.Keys(secret) is not [var key, ..])
            throw new SecretsUnavailableException($"Secret '{name}' (mute links of channel {channel.Name}) must hold at least {MuteLink.KeyCharactersMin} characters");
        // Counted from the run, not from now: a mail that is sent again is the same mail.
        DateTimeOffset until = (model.SettledAt ?? model.DetectedAt) + Mute.LongestFor;
        string? job = model.Result.Failures is [var only] ? only.Name : null;
        var links = new SortedDictionary<string, MuteAddresses>(StringComparer.Ordinal);
        foreach (string address in envelope.All.Select(MailAddressing.Bare).Where(a => !envelope.Lists.Contains(a)))
        {
            string Link(string pattern) => new MuteLink(channel.Name, model.Tree, pattern, address, until).Under(door, key);
            links[address] = job is null ? new MuteAddresses(Link("*")) : new MuteAddresses(Link("*"), Link(job), job);
        }
        return links;
    }
}
