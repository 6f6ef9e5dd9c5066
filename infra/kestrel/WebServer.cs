using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cki.Kestrel;

/// <summary>What a server serves: the front door and the GitLab simulator are such functions.</summary>
/// <remarks>An <see cref="HttpRequestException"/> or <see cref="IOException"/> from it asks for the connection to be dropped without an answer.</remarks>
public delegate Task<HttpResponseMessage> HttpFunction(HttpRequestMessage request, CancellationToken cancellationToken);

/// <summary>Where and how to listen.</summary>
public sealed record WebServerOptions
{
    /// <summary>Default: loopback.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>0 (the default) takes a free port.</summary>
    public int Port { get; init; }

    /// <summary>Larger request bodies are answered 413; default 25 MB, GitLab's largest webhook.</summary>
    public long BodyBytesMax { get; init; } = 25 * 1024 * 1024;

    /// <summary>More header lines than this, or more than 320 bytes for each of them, are answered 431 without a word; default Kestrel's own 100 (32 KB).</summary>
    public int HeadersMax { get; init; } = 100;

    /// <summary>How long a stop waits for requests in flight; default 10 s.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Middleware in front of the function, for pages a library makes (metrics). Default: none.</summary>
    public Action<IApplicationBuilder>? With { get; init; }
}

/// <summary>The Kestrel skin of one function. Disposing it stops gracefully.</summary>
public sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebServer(WebApplication app) => _app = app;

    /// <summary>The bound address, with its port: <c>http://127.0.0.1:40123/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<WebServer> StartAsync(HttpFunction function, WebServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        WebServerOptions wanted = options ?? new WebServerOptions();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = wanted.DrainLimit);
        // Signals belong to the tool, not to each of its servers.
        builder.Services.AddSingleton<IHostLifetime, QuietLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = wanted.BodyBytesMax;
            kestrel.Limits.MaxRequestHeaderCount = wanted.HeadersMax;
            kestrel.Limits.MaxRequestHeadersTotalSize = wanted.HeadersMax * 320 + 768;
            kestrel.Listen(wanted.Address, wanted.Port);
        });
        WebApplication app = builder.Build();
        wanted.With?.Invoke(app);
        app.Run(context => Exchange.ServeAsync(context, function, wanted.BodyBytesMax));
        var server = new WebServer(app);
        await app.StartAsync(cancellationToken);
        ICollection<string> bound = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        server.Address = new Uri(bound.First());
        return server;
    }

    /// <summary>Takes no new request and waits for those in flight, within the drain limit.</summary>
    public Task StopAsync(CancellationToken cancellationToken = default) => _app.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class QuietLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
