using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>Who pushes to merge requests, who gives orders there, and who reads mails until he has enough of them.</summary>
public sealed class LetterPeople(Simulation simulation, Town town, Installation installation)
{
    public const string Faithful = "faithful@example.com";
    public const string Tired = "tired@example.com";

    private readonly GitLabProject kernel = town.GitLab.Project(Town.KernelProject);

    public List<GitLabMergeRequest> Requests { get; } = [];

    /// <summary>Notes with orders.</summary>
    public List<(GitLabMergeRequest On, GitLabNote Note)> Orders { get; } = [];

    /// <summary>When the tired reader muted everything.</summary>
    public DateTimeOffset MutedAt { get; private set; }

    public void OpenMergeRequests(IReadOnlyList<Nature> natures)
    {
        for (int n = 0; n < natures.Count; n++)
        {
            string branch = $"topic/{n + 1}";
            town.GitLab.Commit(Town.KernelProject, branch, $"Where {branch} begins");
            town.Commits.PushOne(branch, natures[n]);
            Requests.Add(town.GitLab.AddMergeRequest(kernel, $"mm: {branch}", branch));
        }
    }

    /// <summary>The next head of each is of the next one's nature.</summary>
    public void PushAgain(IReadOnlyList<Nature> natures)
    {
        for (int n = 0; n < natures.Count; n++)
        {
            string branch = $"topic/{n + 1}";
            Nature nature = natures[(n + 1) % natures.Count];
            simulation.Schedule(TimeSpan.FromMinutes(70) + (TimeSpan.FromMinutes(60) * simulation.Dice.Fraction("push.at")), simulation.Outside, () => town.Commits.PushOne(branch, nature));
        }
    }

    /// <summary>A maintainer's note has several, each of which is to be answered; a stranger's is refused.</summary>
    public void Order()
    {
        GitLabUser maintainer = town.GitLab.AddUser("maintainer");
        town.GitLab.AddMember(kernel, maintainer, GitLabRole.Maintainer);
        foreach (GitLabMergeRequest request in Requests)
            Say(request, maintainer, $"Thanks.\n@{Town.Bot} wrong `test x86_64` because the host lost its clock\n@{Town.Bot} retest\n@{Town.Bot} mute boot* for 7d");
        Say(Requests[0], town.GitLab.AddUser("stranger"), $"@{Town.Bot} stop");
    }

    /// <summary>As the link of a mail does it.</summary>
    public async Task MuteAsync()
    {
        MutedAt = simulation.GetUtcNow();
        var documents = new Documents(installation.OpenBeside().Store, simulation.Dice, simulation);
        var mute = new Mute(null, "*", Tired, MutedAt, MutedAt.AddDays(30), Tired, "enough");
        await documents.PutAsync(Mute.KeyOf(null, "*", Tired), mute, DocumentJson.Default.Mute, CancellationToken.None);
        simulation.Note("users", $"{Tired} mutes everything");
    }

    private void Say(GitLabMergeRequest request, GitLabUser who, string what) => Orders.Add((request, town.GitLab.AddNote(kernel, request, who, what)));
}
