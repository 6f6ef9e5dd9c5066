namespace Cki.Reporting;

/// <summary>The links by which each recipient stops a channel's mails.</summary>
internal static class MuteLinks
{
    /// <summary>In one mail, beside the trees'.</summary>
    private const int JobLinksMax = 10;

    private const int TreesMax = 20;

    /// <summary>
    /// Null where the channel has no key for them, is the operators', or nobody said where the front door is. Throws
    /// <see cref="SecretsUnavailableException"/> for a key that cannot be read or is too short.
    /// </summary>
    public static async Task<IReadOnlyDictionary<string, MuteAddresses>?> OfAsync(
        SuitePorts ports, ChannelConfig.Mail channel, ReportModel model, MailEnvelope envelope, CancellationToken cancellationToken)
    {
        if (await SignerAsync(ports, channel, cancellationToken) is not { } sign)
            return null;
        // Counted from the run, not from now: a mail that is sent again is the same mail.
        DateTimeOffset until = (model.SettledAt ?? model.DetectedAt) + Mute.LongestFor;
        string? job = model.Result.Failures is [var only] ? only.Name : null;
        return Each(envelope, address =>
        {
            string Link(string pattern) => sign(new MuteLink(channel.Name, model.Tree, pattern, address, until));
            return job is null ? new MuteAddresses(Link("*")) : new MuteAddresses(Link("*"), Link(job), job);
        });
    }

    /// <summary>Of a digest: for each tree in it, and for each job that alone fails in one of its reports. They end as those of its newest report.</summary>
    public static async Task<IReadOnlyDictionary<string, MuteAddresses>?> OfAsync(
        SuitePorts ports, ChannelConfig.Mail channel, IReadOnlyList<DigestEntry> gathered, MailEnvelope envelope, CancellationToken cancellationToken)
    {
        DigestEntry[] known = [.. gathered.Where(e => e.Tree is not null)];
        if (known.Length == 0 || await SignerAsync(ports, channel, cancellationToken) is not { } sign)
            return null;
        DateTimeOffset until = known.Max(e => e.GatheredAt) + Mute.LongestFor;
        TreeName[] trees = [.. known.Select(e => e.Tree!.Value).Distinct().OrderBy(t => t.Value, StringComparer.Ordinal).Take(TreesMax)];
        (TreeName Tree, string Job)[] jobs =
        [
            .. known.Where(e => e.Failing.Count == 1).Select(e => (Tree: e.Tree!.Value, Job: e.Failing[0])).Distinct()
                .OrderBy(j => j.Tree.Value, StringComparer.Ordinal).ThenBy(j => j.Job, StringComparer.Ordinal).Take(JobLinksMax),
        ];
        return Each(envelope, address =>
        {
            string Link(TreeName tree, string pattern) => sign(new MuteLink(channel.Name, tree, pattern, address, until));
            return new MuteAddresses(trees is [var one] ? Link(one, "*") : null)
            {
                Choices =
                [
                    .. trees.SelectMany(t => jobs.Where(j => j.Tree == t).Select(j => new MuteChoice(t, j.Job, Link(t, j.Job))).Prepend(new MuteChoice(t, null, Link(t, "*")))),
                ],
            };
        });
    }

    private static SortedDictionary<string, MuteAddresses> Each(MailEnvelope envelope, Func<string, MuteAddresses> make)
    {
        var links = new SortedDictionary<string, MuteAddresses>(StringComparer.Ordinal);
        foreach (string address in envelope.All.Select(MailAddressing.Bare).Where(a => !envelope.Lists.Contains(a)))
            links[address] = make(address);
        return links;
    }

    private static async Task<Func<MuteLink, string>?> SignerAsync(SuitePorts ports, ChannelConfig.Mail channel, CancellationToken cancellationToken)
    {
        if (channel.MuteKeySecret is not { } name || channel.ForOperators || ports.FrontDoor is not { } door)
            return null;
        string secret = await ports.Secrets.GetAsync(name, cancellationToken) ?? "";
        return MuteLink.Keys(secret) is [var key, ..]
            ? link => link.Under(door, key)
            : throw new SecretsUnavailableException($"Secret '{name}' (mute links of channel {channel.Name}) must hold at least {MuteLink.KeyCharactersMin} characters");
    }
}
