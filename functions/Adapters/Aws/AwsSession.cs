using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Amazon.SimpleSystemsManagement;
using Amazon.SQS;

namespace Cki.Adapters;

/// <summary>
/// Who we are on AWS and where: region, credentials, one connection pool, and clients made at their first use, so that a cold start pays for none
/// that its stage lacks.
/// </summary>
public sealed class AwsSession : IDisposable
{
    private readonly Func<string, string?> _environment;
    private readonly Lazy<HttpClient> _http = new(Connections);
    private readonly Lazy<AWSCredentials> _credentials;
    private readonly Lazy<string> _region;
    private readonly Lazy<IAmazonSQS> _sqs;
    private readonly Lazy<IAmazonS3> _s3;
    private readonly Lazy<IAmazonSimpleSystemsManagement> _ssm;

    /// <param name="environment">Reads one variable: <c>AWS_REGION</c>, <c>AWS_ACCESS_KEY_ID</c> and so on, <c>AWS_ENDPOINT_URL[_SQS|_S3|_SSM|_SFN]</c>.</param>
    /// <param name="region">Null: from the environment, else from the user's AWS profile.</param>
    public AwsSession(Func<string, string?> environment, TimeProvider clock, Dice dice, string? region = null)
    {
        _environment = environment;
        Clock = clock;
        Dice = dice;
        Calls = new AwsCalls(clock, dice);
        _region = new(() => region ?? FindRegion());
        _credentials = new(FindCredentials);
        _sqs = new(() => new AmazonSQSClient(_credentials.Value, Configured(new AmazonSQSConfig(), "SQS")));
        _s3 = new(() => new AmazonS3Client(_credentials.Value, Configured(S3Config(), "S3")));
        _ssm = new(() => new AmazonSimpleSystemsManagementClient(_credentials.Value, Configured(new AmazonSimpleSystemsManagementConfig(), "SSM")));
    }

    public TimeProvider Clock { get; }

    public Dice Dice { get; }

    public AwsCalls Calls { get; }

    public string Region => _region.Value;

    public IAmazonSQS Sqs => _sqs.Value;

    public IAmazonS3 S3 => _s3.Value;

    public IAmazonSimpleSystemsManagement Ssm => _ssm.Value;

    internal HttpClient Http => _http.Value;

    internal AWSCredentials Credentials => _credentials.Value;

    /// <summary>Where the environment sends a service, e.g. <c>SFN</c>; null: to AWS.</summary>
    internal Uri? EndpointOf(string service) =>
        (_environment($"AWS_ENDPOINT_URL_{service}") ?? _environment("AWS_ENDPOINT_URL")) is { Length: > 0 } url ? new Uri(url) : null;

    public void Dispose()
    {
        foreach (IDisposable? client in (IDisposable?[])[Made(_sqs), Made(_s3), Made(_ssm), Made(_http)])
            client?.Dispose();
    }

    private static T? Made<T>(Lazy<T> client)
        where T : class => client.IsValueCreated ? client.Value : null;

    /// <summary>Limits come from our clock. A PUT or POST is never repeated by the handler itself once its body has begun.</summary>
    private static HttpClient Connections() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        // New connections see DNS changes.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(2),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private AmazonS3Config S3Config() => new()
    {
        // Stand-ins on loopback have no bucket in their host name.
        ForcePathStyle = EndpointOf("S3") is not null,
        // The signed hash of the body guards it already.
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    };

    private T Configured<T>(T config, string service)
        where T : ClientConfig
    {
        if (EndpointOf(service) is { } endpoint)
        {
            config.ServiceURL = endpoint.GetLeftPart(UriPartial.Path);
            config.AuthenticationRegion = Region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
        }
        config.HttpClientFactory = new OneHttpClient(_http);
        config.RetryMode = RequestRetryMode.Standard;
        config.MaxErrorRetry = 0;
        // These come on top and would repeat, ten times, a conditional write whose answer was lost with its connection.
        config.MaxStaleConnectionRetries = 0;
        return config;
    }

    private string FindRegion() =>
        _environment("AWS_REGION") ?? _environment("AWS_DEFAULT_REGION") ?? FallbackRegionFactory.GetRegionEndpoint(false)?.SystemName
        ?? throw new InvalidOperationException("No AWS region: set AWS_REGION, or a region in the AWS profile");

    /// <summary>Lambda gives them in the environment; people have profiles, which the SDK knows to read.</summary>
    private AWSCredentials FindCredentials()
    {
        if (_environment("AWS_ACCESS_KEY_ID") is not { Length: > 0 } id || _environment("AWS_SECRET_ACCESS_KEY") is not { Length: > 0 } secret)
            return DefaultAWSCredentialsIdentityResolver.GetCredentials();
        return _environment("AWS_SESSION_TOKEN") is { Length: > 0 } token ? new SessionAWSCredentials(id, secret, token) : new BasicAWSCredentials(id, secret);
    }

    private sealed class OneHttpClient(Lazy<HttpClient> http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http.Value;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
