using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>What is promised of a storm, judged by GitLab and the receivers.</summary>
public sealed class StormPromises(Simulation simulation, Town town, DateTimeOffset began)
{
    public static readonly TimeSpan Gathers = TimeSpan.FromMinutes(10);

    private const int ProbesMax = 5;

    private const int ReleasedPerMinute = 5;

    /// <summary>What a look that came late makes up for, see OutageDecisions.</summary>
    private const int MinutesMadeUpFor = 5;

    /// <summary>What a crash may cost: what it had in hand comes back when its visibility ends, or with its due marker.</summary>
    private static readonly TimeSpan LostByCrash = TimeSpan.FromMinutes(15);

    private const string Outage = "outage-registry";

    /// <summary>When virtual time began.</summary>
    private readonly DateTimeOffset started = simulation.GetUtcNow() - simulation.Elapsed;

    private readonly List<string> held = [];
    private DateTimeOffset? backAt;

    public void RegistryIsBack()
    {
        backAt = simulation.GetUtcNow();
        held.AddRange(Ours().Where(IsWanted).SelectMany(p => p.Jobs.Where(j => !j.Superseded && j.Status == "failed").Select(j => $"{p.Id}/{j.Name}")));
    }

    public void CheckWhileItLasts()
    {
        GitLabJob[] died = [.. Ours().SelectMany(p => p.Jobs).Where(j => j is { Retries: 0, Status: "failed" } && j.FinishedAt <= began + Gathers)];
        Check(died.Length >= StormTown.Jobs, $"only {died.Length} jobs died in the first minutes: this is no storm");
        Check(Ours().Select(p => p.Project.Path).Distinct().Count() == StormTown.Trees, "not every project was hit");
        Check(BotRetries().Count() is > 0 and <= ProbesMax, $"while the registry was down, {BotRetries().Count()} jobs were retried: {string.Join(", ", BotRetries().Select(j => $"{j.Id} at {j.CreatedAt:HH:mm}"))}");
        CheckNotices(("start", 1), ("end", 0));
        CheckDevelopers();
    }

    /// <summary>Null when every pipeline that is still wanted has passed and is reported.</summary>
    public string? Unsettled()
    {
        foreach (GitLabPipeline pipeline in Ours().Where(IsWanted))
        {
            if (pipeline.Jobs.FirstOrDefault(j => !j.Superseded && j.Status != "success") is { } job)
                return $"job {job.Id} ({job.Name} of pipeline {pipeline.Id}) is {job.Status}";
            if (!town.Receivers.Receipts.Any(r => r.Run == pipeline.RunId && r.Channel == "developers" && r.Verdict == nameof(Verdict.Passed)))
                return $"pipeline {pipeline.Id} has passed and is not reported";
        }
        return Notices("end").Count == 0 ? "the outage has not ended" : null;
    }

    public void CheckAtEnd()
    {
        CheckNotices(("start", 1), ("end", 1));
        CheckDevelopers();
        foreach (GitLabPipeline old in Ours().Where(p => !IsWanted(p)))
        {
            DateTimeOffset since = Newer(old)!.CreatedAt;
            GitLabJob? retried = old.Jobs.FirstOrDefault(j => j.Retries > 0 && j.User.Username == Town.Bot && j.CreatedAt > since);
            Check(retried is null, $"pipeline {old.Id} was superseded at {since:HH:mm}, and job {retried?.Id} of it was retried at {retried?.CreatedAt:HH:mm}");
        }
        Check(Ours().Any(p => !IsWanted(p)), "no pipeline was superseded");
        CheckPace();
        Receipt? other = town.Receivers.Receipts.FirstOrDefault(r => r.Notice is not null && !r.Notice.StartsWith(Outage, StringComparison.Ordinal));
        Check(other is null, $"operators were told of {other?.Notice}");
    }

    public string Figures()
    {
        DateTimeOffset[] released = Released();
        TimeSpan lasted = Notices("end")[0].At - Notices("start")[0].At;
        return $"{Ours().Count()} pipelines, {town.GitLab.Jobs.Count(j => j.Status == "failed")} failed jobs, {BotRetries().Count(j => j.CreatedAt <= backAt)} probes, {simulation.Faults.Taken.Count} crashes, outage seen for {lasted.TotalMinutes:0} min, "
            + $"{released.Length} released in {(released[^1] - started - Notices("end")[0].At).TotalMinutes:0} min, {town.GitLab.Requests.Values.Sum()} API calls";
    }

    private void CheckPace()
    {
        DateTimeOffset[] released = Released();
        Check(released.Length >= held.Count, $"{held.Count} jobs were held, {released.Length} were released");
        TimeSpan span = released[^1] - started.AddTicks(Notices("end")[0].At.Ticks);
        int crashes = simulation.Faults.Taken.Count(fault => started.Add(fault.At) >= backAt && fault.Name.StartsWith("crash.", StringComparison.Ordinal));
        TimeSpan pace = TimeSpan.FromMinutes((double)released.Length / ReleasedPerMinute) + TimeSpan.FromMinutes(15) + (crashes * LostByCrash);
        Check(span <= pace, $"{released.Length} jobs were released in {span}, and {pace} is the pace");
        for (int i = 0; i < released.Length; i++)
        {
            int inTen = released.Skip(i).TakeWhile(at => at < released[i] + TimeSpan.FromMinutes(10)).Count();
            Check(inTen <= ReleasedPerMinute * (10 + MinutesMadeUpFor), $"{inTen} jobs were released within ten minutes of {released[i]:HH:mm}");
        }
    }

    private DateTimeOffset[] Released() =>
        [.. BotRetries().Select(j => j.CreatedAt).Where(at => at > backAt).Order()];

    private void CheckNotices(params (string Kind, int Times)[] wanted)
    {
        foreach ((string kind, int times) in wanted)
            Check(Notices(kind).Count == times, $"operators got the outage's {kind} {Notices(kind).Count} times");
    }

    // Copies of one message bear one id: they are the same notice.
    private List<Receipt> Notices(string kind) =>
        [.. town.Receivers.Receipts.Where(r => r.Notice == $"{Outage} {kind}" && r.Channel == "operators").DistinctBy(r => r.Id)];

    private void CheckDevelopers()
    {
        Receipt? blamed = town.Receivers.Receipts.FirstOrDefault(r => r.Channel == "developers" && (r.Verdict != nameof(Verdict.Passed) || backAt is null));
        Check(blamed is null, $"developers got {blamed?.Kind} {blamed?.Verdict} {blamed?.Notice} of {blamed?.Run}");
    }

    private IEnumerable<GitLabPipeline> Ours() => town.GitLab.Pipelines.Where(p => p.RunId is not null);

    private bool IsWanted(GitLabPipeline pipeline) => !StormTown.Cancels(pipeline) || Newer(pipeline) is null;

    /// <summary>Of the same branch.</summary>
    private GitLabPipeline? Newer(GitLabPipeline pipeline) => Ours().FirstOrDefault(p =>
        p.Project == pipeline.Project && p.Id > pipeline.Id && p.Variables["CKI_BRANCH"] == pipeline.Variables["CKI_BRANCH"]);

    private IEnumerable<GitLabJob> BotRetries() => Ours().SelectMany(p => p.Jobs).Where(j => j.Retries > 0 && j.User.Username == Town.Bot);

    private static void Check(bool holds, string broken)
    {
        if (!holds)
            throw new PromiseBrokenException(broken);
    }
}
