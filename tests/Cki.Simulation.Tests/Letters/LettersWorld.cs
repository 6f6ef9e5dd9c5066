using Cki.Adapters;
using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>
/// Three merge requests of a kernel tree, each pushed to twice, whose results go into one note each, to KCIDB and into hourly mails; people order several
/// things in one note, and one reader mutes the mails. Seed 1 breaks nothing; later ones break our own house, the peers and GitLab's notes.
/// </summary>
public static class LettersWorld
{
    private const string Notes = "POST /projects/:id/merge_requests/:iid/notes";
    private const string Replies = "POST /projects/:id/merge_requests/:iid/discussions/:discussion/notes";
    private const string Edits = "PUT /projects/:id/merge_requests/:iid/notes/:note";
    private const double NoteFaults = 0.15;

    private static readonly Nature[] s_natures = [Nature.Good, Nature.FailsItsTest, Nature.DoesNotCompile];
    private static readonly TimeSpan s_settlesWithin = TimeSpan.FromHours(72);

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        var peers = new LetterPeers(simulation);
        town.Others[LetterPeers.KcidbHost] = peers.KcidbAsync;
        using var installation = new Installation(simulation, town, Mutations.Named(request.Mutation), new SuiteChances(), Config()) { Tick = TimeSpan.FromMinutes(1) };
        installation.Reports = new Reporting.ReportingOptions
        {
            IndexDelay = TimeSpan.FromMinutes(15),
            Open = channel => channel is ChannelConfig.Mail mail
                ? peers.Open(mail)
                : ReportChannels.Create(channel, installation.Http(simulation.Outside), new SteppedSecrets(SuiteSetting.Secrets, simulation.Outside, 0), simulation),
        };
        GitLabProject kernel = town.GitLab.Project(Town.KernelProject);
        foreach (Cki.GitLabSimulator.GitLabHook hook in kernel.Hooks)
            hook.MergeRequestsEvents = hook.NoteEvents = true;
        SuiteWorld.Start(simulation, request, installation, town);
        await simulation.RunForAsync(SuiteWorld.WarmUp);

        bool isPlain = request.Seed == 1;
        simulation.Faults.AreOn = !isPlain;
        if (!isPlain)
            BreakNotes(town.GitLab);
        var people = new LetterPeople(simulation, town, installation);
        people.OpenMergeRequests(s_natures);
        await simulation.RunForAsync(TimeSpan.FromHours(5));
        people.Order();
        _ = people.MuteAsync();
        people.PushAgain(s_natures);
        await simulation.RunForAsync(TimeSpan.FromHours(7));
        simulation.Faults.AreOn = false;
        town.GitLab.Faults.Clear();
        var operators = new Operators(simulation, installation);
        TimeSpan end = simulation.Elapsed + s_settlesWithin;
        while (await operators.WhatIsLeftAsync() is { } left)
        {
            if (simulation.Elapsed >= end)
                throw new PromiseBrokenException($"{s_settlesWithin} after the faults stopped, {left}");
            await simulation.RunForAsync(TimeSpan.FromMinutes(15));
        }
        string figures = new LetterPromises(town, peers, people).Check();
        simulation.Note("checker", figures);
        Console.WriteLine($"letters, seed {request.Seed}, {request.Topology}: {figures}");
    }

    private static void BreakNotes(GitLabWorld gitLab)
    {
        foreach (string route in (string[])[Notes, Replies, Edits])
        {
            foreach (ApiFault fault in (ApiFault[])[ApiFault.LostAfter, ApiFault.LateEffect, ApiFault.BadGateway])
                gitLab.Faults.Api(fault, new FaultWhen { On = route, Chance = NoteFaults });
        }
    }

    private static SuiteConfig Config() => SuiteSetting.Config with
    {
        Channels =
        [
            .. SuiteSetting.Config.Channels,
            new ChannelConfig.MergeRequestNote("note"),
            new ChannelConfig.Kcidb("kcidb", new Uri($"https://{LetterPeers.KcidbHost}/"), "cki", "kcidb-token"),
            new ChannelConfig.Mail("list", "smtp.example", 25, false, "cki@example.com", [LetterPeople.Faithful, LetterPeople.Tired], null, null) { Digest = MailDigest.Hourly },
        ],
        Trees =
        [
            .. SuiteSetting.Config.Trees.Select(t => t with { ReportTo = [.. t.ReportTo, "note", "kcidb", "list"], MergeRequests = new MergeRequestRules(MergeRequestAct.Trigger) }),
        ],
    };
}
