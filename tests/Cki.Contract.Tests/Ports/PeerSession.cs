using Cki.Adapters;
using Cki.Peers;

namespace Cki.Contract.Tests.Ports;

/// <summary>Our session with an AWS of the tests.</summary>
internal static class PeerSession
{
    public static AwsSession Session(this PeerProcess peer, TimeProvider? clock = null) => At(peer.Address, clock);

    /// <summary>Every service is looked for at one address.</summary>
    public static AwsSession At(Uri address, TimeProvider? clock = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["AWS_REGION"] = "eu-central-1", ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test", ["AWS_ENDPOINT_URL"] = address.AbsoluteUri,
        };
        return new AwsSession(environment.GetValueOrDefault, clock ?? TimeProvider.System, new SystemDice());
    }
}
