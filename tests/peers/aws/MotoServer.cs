using System.Globalization;

namespace Cki.Peers;

/// <summary>moto with the mends of <c>tests/peers/moto_server.py</c>: every service answers at one address.</summary>
internal static class MotoServer
{
    /// <param name="root">The checkout.</param>
    /// <param name="lambdaPort">A <see cref="LambdaDoor"/>'s, for the tasks of state machines; null: moto itself.</param>
    public static Task<PeerProcess> StartAsync(string root, int? lambdaPort = null)
    {
        string script = Path.Combine(root, "tests", "peers", "moto_server.py");
        return lambdaPort is null
            ? PeerProcess.StartAsync("python3", "-B", script)
            : PeerProcess.StartAsync("python3", "-B", script, "--lambda-port", lambdaPort.Value.ToString(CultureInfo.InvariantCulture));
    }
}
