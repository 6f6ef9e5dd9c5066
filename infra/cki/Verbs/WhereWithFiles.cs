using System.CommandLine;

namespace Cki.Tool;

/// <summary>As <see cref="Where"/>, for verbs that need configuration and secrets: on one machine these lie in directories.</summary>
internal sealed class WhereWithFiles
{
    private readonly Where where;
    private readonly Option<string?> config = new("--config") { Description = "With --data: directory of the configuration files; default as cki up was started" };
    private readonly Option<string?> secrets = new("--secrets") { Description = "With --data: directory with a file per secret; default as cki up was started" };

    public WhereWithFiles(Command command)
    {
        where = new Where(command);
        command.Add(config);
        command.Add(secrets);
    }

    public Task<OpenedInstallation> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        where.OpenAsync(parsed, new LocalFacts { Config = parsed.GetValue(config), Secrets = parsed.GetValue(secrets) }, cancellationToken);
}
