using Cki.Adapters;
using Cki.Tests.Doubles;

namespace Cki.Tests.AdapterRooms;

/// <summary>The probes as composed, on real sockets and the real clock.</summary>
public abstract class ProbeRoom : IDisposable
{
    private readonly HttpClient _http = OutboundHttp.Create();

    protected ProbeRoom()
    {
        Suite = new InMemoryPorts(A.Config());
        SuitePorts ports = Suite.Ports with { Clock = TimeProvider.System };
        var gitLab = new GitLabClient(_http, ports.Config, ports.Secrets, new GitLabRetries(ports.Clock, ports.Dice));
        Probes = CheckProbes.With(CheckProbes.OverHttp(_http, ports, gitLab), CheckProbes.OverSockets(ports), CheckProbes.OnMachine(new StatChild()));
    }

    protected InMemoryPorts Suite { get; }

    protected IReadOnlyDictionary<string, CheckProbe> Probes { get; }

    public virtual void Dispose()
    {
        _http.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Task<CheckSight> SeeAsync(CheckTarget target, string? memory = null, CancellationToken cancellationToken = default) =>
        Probes[target.Kind](new CheckConfig("x", target), memory, cancellationToken);

    /// <summary>Status and what was said, milliseconds as N.</summary>
    protected static (CheckStatus Status, string Said) Plain(CheckSight sight) =>
        (sight.Status, System.Text.RegularExpressions.Regex.Replace(sight.Said, @"\d+ ms", "N ms"));
}
