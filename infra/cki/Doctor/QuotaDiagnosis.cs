namespace Cki.Tool;

/// <summary>Judges what GitLab lets a user and a project have, as far as its API tells. Pure.</summary>
internal static class QuotaDiagnosis
{
    /// <summary>One look of the doctor's takes a few requests; the suite slows down by itself, others do not.</summary>
    private const double RemainingLeast = 0.2;

    public static IEnumerable<Finding> Host(HostFact fact)
    {
        // A host that does not let us in is a finding of its own.
        if (fact.Self is not { } self)
            yield break;
        string name = fact.Host.Name;
        if (self.Rate is not { } rate)
            yield return Finding.Note("quotas", $"{name} tells no rate limit: none is set, or a proxy takes its headers away");
        else if (rate.Remaining < rate.Limit * RemainingLeast)
            yield return Finding.Problem(
                "quotas", $"{name}: {rate.Remaining} of {rate.Limit} requests a minute are left{(rate.ResetAt is { } at ? $" until {at:HH:mm:ss}Z" : "")}",
                $"see who else uses the token of {self.Username}; raise the limit for this user, or give trees several bots");
    }

    public static IEnumerable<Finding> Project(ProjectFact fact)
    {
        if (fact.OutOfMinutes.Count > 0)
            yield return Finding.Problem(
                "quotas", $"{fact.Project}: GitLab failed {fact.OutOfMinutes.Count} of the newest jobs for want of compute minutes ({string.Join(", ", fact.OutOfMinutes.Distinct().Take(3))})",
                "buy minutes for the namespace (Settings, Usage quotas), or let runners of your own take the jobs");
    }
}
