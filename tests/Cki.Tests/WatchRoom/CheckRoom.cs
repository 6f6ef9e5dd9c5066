using Cki.Tests.Doubles;
using Cki.Watch;

namespace Cki.Tests.WatchRooms;

/// <summary>Watch with a checks.yaml, under virtual time; what each check sees is set by the test.</summary>
internal sealed class CheckRoom
{
    private readonly Dictionary<string, CheckSight> _sights = [];

    public CheckRoom(params CheckConfig[] checks)
    {
        Configure(new ChecksConfig(checks, []));
        World = new WatchWorld(_config, new WatchOptions { Probes = new Dictionary<string, CheckProbe> { ["tcp"] = LookAsync, ["dns"] = LookAsync } });
        World.Compared();
    }

    private SuiteConfig _config = A.Config(A.Tree());

    public WatchWorld World { get; }

    /// <summary>Names of the checks that were looked at, in order.</summary>
    public List<string> Looked { get; } = [];

    /// <summary>Runs while a look is under way.</summary>
    public Func<string, CancellationToken, Task>? During { get; set; }

    /// <summary>As <c>start check-x</c>, <c>end check-x</c>.</summary>
    public List<string> Told { get; } = [];

    public List<NoticeRaised> Notices { get; } = [];

    public static CheckConfig Tcp(string name, params string[] dependsOn) =>
        new(name, new CheckTarget.Tcp("db.example", 5432, null)) { Interval = TimeSpan.FromMinutes(1), DependsOn = dependsOn };

    public static CheckConfig Dns(string name) => new(name, new CheckTarget.Dns("db.example", [])) { Interval = TimeSpan.FromMinutes(5) };

    public static CheckConfig Beat(string name) =>
        new(name, new CheckTarget.Heartbeat("beat-token", TimeSpan.FromHours(1), TimeSpan.FromMinutes(10))) { Interval = TimeSpan.FromMinutes(1), Looks = 1 };

    public void Sees(string name, CheckSight sight) => _sights[name] = sight;

    public void Configure(ChecksConfig checks)
    {
        _config = _config with { Checks = checks };
        if (World is not null)
            World.Ports.Config.Current = _config;
    }

    public CheckState State(string name) => World.Ports.Store.Peek(CheckState.KeyOf(name), DocumentJson.Default.CheckState)!;

    /// <summary>Minute by minute: a tick, and all that Watch sends itself.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (TimeSpan passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMinutes(1))
        {
            World.Polled();
            World.Compared();
            await World.TickAsync();
            await WorkAsync();
            World.Ports.Clock.Advance(TimeSpan.FromMinutes(1));
        }
    }

    /// <summary>Carries Watch's messages to itself until there are none. Those to other stages are taken and handled well.</summary>
    public async Task WorkAsync()
    {
        while (World.Ports.Queue.Sent.Count > 0)
        {
            foreach (ReceivedMessage message in World.Ports.Queue.Drain(World.Now))
            {
                if (message.Queue == QueueNames.Report)
                    Note(CloudEvent.Parse(message.Body).Read<NoticeRaised>());
                else if (message.Queue == QueueNames.Watch)
                    await World.Stage.Queues["watch"](message, CancellationToken.None);
            }
        }
    }

    public Task LookAsync(string name, DateTimeOffset? at = null) =>
        World.Stage.Queues["watch"](World.Ports.Message(new LookAtCheck(name, at ?? World.Now)), CancellationToken.None);

    public Task BeatAsync(string name) =>
        World.Stage.Queues["watch"](World.Ports.Message(new HeartbeatReceived(name, World.Now)), CancellationToken.None);

    private void Note(NoticeRaised notice)
    {
        Notices.Add(notice);
        Told.Add($"{(notice.Recovered ? "end" : "start")} {notice.Key}");
    }

    private async Task<CheckSight> LookAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        Looked.Add(check.Name);
        if (During is not null)
            await During(check.Name, cancellationToken);
        return _sights.GetValueOrDefault(check.Name) ?? CheckSight.Up("connected after 3 ms");
    }
}
