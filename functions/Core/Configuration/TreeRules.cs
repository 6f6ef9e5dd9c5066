namespace Cki;

/// <summary>Which of a tree's new heads are tested, and when. What is not tested at once or by itself is recorded with its reason.</summary>
public sealed record TreeRules
{
    public static readonly TreeRules Default = new();

    /// <summary>True: a commit that stands on two branches of the tree is one run; the second head is covered by it.</summary>
    public bool OncePerTree { get; init; }

    /// <summary>True: each commit between two heads gets its run. False: the tip is tested, and its run lists the commits it covers.</summary>
    public bool EveryCommit { get; init; }

    /// <summary>Globs on changed files, as <see cref="RefGlobs"/>; a head that changes none of them is skipped. Empty: every change counts.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>How often a branch is tested. Null: whenever it moves.</summary>
    public Frequency? AtMost { get; init; }

    /// <summary>When nothing new is tested.</summary>
    public IReadOnlyList<QuietHours> Quiet { get; init; } = [];

    /// <summary>More new heads than this in one poll are paced, and an operator hears of them. 50 is a busy hour of a big subsystem tree.</summary>
    public int AtOnce { get; init; } = 50;

    /// <summary>Whether any rule can keep a new head from being tested at once.</summary>
    public bool MayHold => OncePerTree || Paths.Count > 0 || AtMost is not null || Quiet.Count > 0;
}

/// <summary>At most <paramref name="Count"/> in any time of length <paramref name="Per"/>.</summary>
public sealed record Frequency(int Count, TimeSpan Per)
{
    public const int CountMost = 100;

    /// <summary>As people write it: <c>1 per 6h</c>. Null when it is not that.</summary>
    public static Frequency? Parse(string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is [var count, "per", var per]
            && int.TryParse(count, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number)
            && number is >= 1 and <= CountMost
            && ConfigDuration.TryParse(per, out TimeSpan span) && span >= TimeSpan.FromMinutes(1) && span <= TimeSpan.FromDays(30)
                ? new Frequency(number, span)
                : null;
    }

    /// <summary>When the next one is allowed; null when it is now.</summary>
    /// <param name="before">When the last ones were, in any order.</param>
    public DateTimeOffset? Next(IEnumerable<DateTimeOffset> before, DateTimeOffset now)
    {
        DateTimeOffset[] within = [.. before.Where(b => b + Per > now).OrderDescending().Take(Count)];
        return within.Length < Count ? null : within[^1] + Per;
    }

    public override string ToString() => $"{Count} per {ConfigDuration.Write(Per)}";
}
