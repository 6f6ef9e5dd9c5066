namespace Cki.Simulation.Tests;

/// <summary>
/// One channel is away for six hours while commits are tested: the others are on time, and afterwards it has everything, once. Seeds 1 to 5 take each channel
/// away while nothing else breaks; later ones break our own house and the peers as well.
/// </summary>
public static class ChannelWorld
{
    private static readonly TimeSpan s_quietBefore = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_away = TimeSpan.FromHours(6);
    private static readonly TimeSpan s_pushesWithin = TimeSpan.FromHours(7);
    private static readonly TimeSpan s_settlesWithin = TimeSpan.FromHours(72);
    private const int Pushes = 16;

    /// <summary>Names of channels in the order of seeds.</summary>
    private static readonly string[] s_channels = ["developers", "slack", "irc", "second", "operators"];

    public static async Task RunAsync(Simulation simulation, WorldRequest request)
    {
        simulation.Faults.AreOn = false;
        var town = new Town(simulation);
        var chat = new ChatPeer(simulation);
        town.Others[ChatPeer.SlackHost] = chat.SlackAsync;
        town.Others[ChatPeer.IrcHost] = chat.IrcAsync;
        using var installation = new Installation(simulation, town, Mutations.Named(request.Mutation), new SuiteChances(), Config()) { Tick = TimeSpan.FromMinutes(1) };
        SuiteWorld.Start(simulation, request, installation, town);
        await simulation.RunForAsync(SuiteWorld.WarmUp);

        bool isPlain = request.Seed <= (ulong)s_channels.Length;
        string away = s_channels[(int)((request.Seed - 1) % (ulong)s_channels.Length)];
        simulation.Faults.AreOn = !isPlain;
        for (int n = 0; n < Pushes; n++)
        {
            string branch = Town.Branches[simulation.Dice.Between("push.branch", 0, Town.Branches.Length - 1)];
            simulation.Schedule(s_pushesWithin * simulation.Dice.Fraction("push.at"), simulation.Outside, () => town.Commits.PushOne(branch));
        }
        await simulation.RunForAsync(s_quietBefore);
        Turn(town, chat, away, isDown: true);
        simulation.Note("weather", $"{away} is away");
        TimeSpan from = simulation.Elapsed;
        await simulation.RunForAsync(s_away);
        Turn(town, chat, away, isDown: false);
        simulation.Note("weather", $"{away} is back");
        var promises = new ChannelPromises(simulation, town, chat, new Outage(away, from, simulation.Elapsed));
        await simulation.RunForAsync(TimeSpan.FromHours(3));
        simulation.Faults.AreOn = false;
        var operators = new Operators(simulation, installation);
        TimeSpan end = simulation.Elapsed + s_settlesWithin;
        while (await operators.WhatIsLeftAsync() is { } left)
        {
            if (simulation.Elapsed >= end)
                throw new PromiseBrokenException($"{s_settlesWithin} after the faults stopped, {left}");
            await simulation.RunForAsync(TimeSpan.FromMinutes(15));
        }
        string figures = promises.Check(isPlain);
        simulation.Note("checker", figures);
        Console.WriteLine($"channel, seed {request.Seed}, {request.Topology}: {figures}");
    }

    private static void Turn(Town town, ChatPeer chat, string channel, bool isDown)
    {
        SortedSet<string> down = channel is "slack" or "irc" ? chat.Down : town.Receivers.Down;
        string name = channel switch { "slack" => ChatPeer.SlackHost, "irc" => ChatPeer.IrcHost, _ => channel };
        _ = isDown ? down.Add(name) : down.Remove(name);
    }

    private static SuiteConfig Config() => SuiteSetting.Config with
    {
        Channels =
        [
            .. SuiteSetting.Config.Channels,
            new ChannelConfig.Webhook("second", new Uri($"https://{ChannelPeer.Host}/second"), "signing-key"),
            new ChannelConfig.Webhook("night-shift", new Uri($"https://{ChannelPeer.Host}/night-shift"), "signing-key") { ForOperators = true },
            new ChannelConfig.Slack("slack", null, "slack-token", "C1") { Api = new Uri($"https://{ChatPeer.SlackHost}/api/") },
            new ChannelConfig.Irc("irc", new Uri($"https://{ChatPeer.IrcHost}/send"), IrcForm.Irccat, null, null),
        ],
        Trees = [.. SuiteSetting.Config.Trees.Select(t => t with { ReportTo = [.. t.ReportTo, "second", "slack", "irc"] })],
    };
}

/// <summary>A channel's absence.</summary>
public sealed record Outage(string Channel, TimeSpan From, TimeSpan To)
{
    public bool Holds(TimeSpan at) => at >= From && at < To;
}
