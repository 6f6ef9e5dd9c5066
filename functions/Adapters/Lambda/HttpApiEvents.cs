namespace Cki.Adapters;

/// <summary>
/// An HTTP API event, payload format 2.0; names and shapes as in Amazon.Lambda.APIGatewayEvents, so that it can take this record's place. Header names
/// are lower-case, values of a repeated header joined by commas.
/// </summary>
public sealed record APIGatewayHttpApiV2ProxyRequest
{
    public string? Version { get; init; }

    public string? RouteKey { get; init; }

    /// <summary>Path without query.</summary>
    public string? RawPath { get; init; }

    public string? RawQueryString { get; init; }

    public IReadOnlyList<string>? Cookies { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public IReadOnlyDictionary<string, string>? QueryStringParameters { get; init; }

    public ProxyRequestContext? RequestContext { get; init; }

    /// <summary>Text, or base64 where <see cref="IsBase64Encoded"/> says so; null for none.</summary>
    public string? Body { get; init; }

    public IReadOnlyDictionary<string, string>? PathParameters { get; init; }

    public bool IsBase64Encoded { get; init; }

    public IReadOnlyDictionary<string, string>? StageVariables { get; init; }

    public sealed record ProxyRequestContext
    {
        public string? AccountId { get; init; }

        public string? ApiId { get; init; }

        public string? DomainName { get; init; }

        public string? DomainPrefix { get; init; }

        public HttpDescription? Http { get; init; }

        public string? RequestId { get; init; }

        public string? RouteKey { get; init; }

        public string? Stage { get; init; }

        public string? Time { get; init; }

        /// <summary>Milliseconds since 1970.</summary>
        public long TimeEpoch { get; init; }
    }

    public sealed record HttpDescription
    {
        public string? Method { get; init; }

        public string? Path { get; init; }

        public string? Protocol { get; init; }

        public string? SourceIp { get; init; }

        public string? UserAgent { get; init; }
    }
}

/// <summary>The answer to an HTTP API event, payload format 2.0.</summary>
public sealed record APIGatewayHttpApiV2ProxyResponse
{
    public int StatusCode { get; init; }

    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    public string? Body { get; init; }

    public bool IsBase64Encoded { get; init; }

    public IReadOnlyList<string>? Cookies { get; init; }
}
