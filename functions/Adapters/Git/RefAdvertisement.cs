namespace Cki.Adapters;

/// <summary>What a server's first answer was: its refs (protocol 0 and 1), or what it can do (protocol 2).</summary>
internal abstract record Advertisement
{
    private Advertisement() { }

    public sealed record Refs(IReadOnlyList<RemoteRef> Wanted) : Advertisement;

    public sealed record Capabilities(IReadOnlySet<string> Lines) : Advertisement;
}

/// <summary>Reads the two kinds of ref lists, keeping what is wanted while they stream by.</summary>
internal static class RefAdvertisement
{
    private const int WantedMax = 100_000;

    /// <summary>Git knows about ten.</summary>
    private const int CapabilitiesMax = 100;

    private const string Peeled = "^{}";

    /// <summary>The answer to <c>info/refs</c>. Throws <see cref="FormatException"/>.</summary>
    public static async Task<Advertisement> ReadAsync(PktReader lines, WantedRefs wanted, CancellationToken cancellationToken)
    {
        Pkt first = await lines.NextAsync(cancellationToken);
        // Protocol 2 comes without this announcement from git itself, with it from some other servers.
        if (first.Text.StartsWith("# service=", StringComparison.Ordinal))
        {
            await lines.NextAsync(cancellationToken);
            first = await lines.NextAsync(cancellationToken);
        }
        if (first.Text == "version 2")
            return new Advertisement.Capabilities(await CapabilitiesAsync(lines, cancellationToken));
        if (first.Text == "version 1")
            first = await lines.NextAsync(cancellationToken);
        return new Advertisement.Refs(await OldRefsAsync(first, lines, wanted, cancellationToken));
    }

    /// <summary>The answer to protocol 2's <c>ls-refs</c>: <c>id name [peeled:id]</c>.</summary>
    public static async Task<IReadOnlyList<RemoteRef>> ReadLsRefsAsync(PktReader lines, WantedRefs wanted, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<string, CommitSha>(StringComparer.Ordinal);
        for (Pkt line = await lines.NextAsync(cancellationToken); IsLine(line); line = await lines.NextAsync(cancellationToken))
        {
            string[] words = line.Text.Split(' ');
            if (words.Length < 2)
                throw new FormatException("a line of the list of refs has no name");
            string? peeled = words.Skip(2).FirstOrDefault(w => w.StartsWith("peeled:", StringComparison.Ordinal));
            Keep(found, wanted, words[1], peeled is null ? words[0] : peeled["peeled:".Length..]);
        }
        return Listed(found);
    }

    private static async Task<IReadOnlySet<string>> CapabilitiesAsync(PktReader lines, CancellationToken cancellationToken)
    {
        var capabilities = new SortedSet<string>(StringComparer.Ordinal);
        for (Pkt line = await lines.NextAsync(cancellationToken); IsLine(line); line = await lines.NextAsync(cancellationToken))
        {
            capabilities.Add(line.Text);
            if (capabilities.Count > CapabilitiesMax)
                throw new FormatException($"it announces more than {CapabilitiesMax} capabilities");
        }
        return capabilities;
    }

    private static async Task<IReadOnlyList<RemoteRef>> OldRefsAsync(Pkt line, PktReader lines, WantedRefs wanted, CancellationToken cancellationToken)
    {
        var found = new SortedDictionary<string, CommitSha>(StringComparer.Ordinal);
        for (; IsLine(line); line = await lines.NextAsync(cancellationToken))
        {
            // The first line carries the capabilities after a NUL.
            string text = line.Text.Split('\0')[0];
            int space = text.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0)
                throw new FormatException("a line of the list of refs has no name");
            string name = text[(space + 1)..];
            // A tag's peeled line follows it and takes its place.
            Keep(found, wanted, name.EndsWith(Peeled, StringComparison.Ordinal) ? name[..^Peeled.Length] : name, text[..space]);
        }
        return Listed(found);
    }

    /// <summary>Lists end with a flush; anything else in their place is not the end of the list.</summary>
    private static bool IsLine(Pkt pkt) => pkt.Kind switch
    {
        PktKind.Line => true,
        PktKind.Flush => false,
        _ => throw new FormatException($"the list of refs is interrupted by a {pkt.Kind} packet"),
    };

    private static void Keep(SortedDictionary<string, CommitSha> found, WantedRefs wanted, string fullName, string id)
    {
        if (!CommitSha.TryParse(id, out CommitSha sha))
            throw new FormatException("a line of the list of refs has no object id");
        if (wanted.NameOf(fullName) is not { } name)
            return;
        found[name] = sha;
        if (found.Count > WantedMax)
            throw new FormatException($"more than {WantedMax} refs match: narrow the tree's globs");
    }

    private static IReadOnlyList<RemoteRef> Listed(SortedDictionary<string, CommitSha> found) => [.. found.Select(f => new RemoteRef(f.Key, f.Value))];
}
