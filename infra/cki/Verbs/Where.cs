using System.CommandLine;

namespace Cki.Tool;

/// <summary>Which installation a verb acts on: <c>--data DIR</c> (one machine) or <c>--stack NAME</c> (AWS), never both.</summary>
internal sealed class Where
{
    private const string DataDefault = "data";

    private readonly Option<string?> data = new("--data") { Description = $"Directory of the single-machine engine's database; default '{DataDefault}'" };
    private readonly Option<string?> stack = new("--stack") { Description = "Name of the stack on AWS, with your own credentials and region" };

    public Where(Command command)
    {
        command.Add(data);
        command.Add(stack);
    }

    /// <param name="more">What else the command line says of an installation on one machine.</param>
    public async Task<OpenedInstallation> OpenAsync(ParseResult parsed, LocalFacts? more, CancellationToken cancellationToken)
    {
        string? directory = parsed.GetValue(data);
        string? name = parsed.GetValue(stack);
        if (directory is not null && name is not null)
            throw new BadInputException($"--data {directory} and --stack {name} are two installations: say one of them");
        if (name is not null)
            return await StackInstallation.OpenAsync(name, cancellationToken);
        if (directory is null && !File.Exists(DataDirectory.DatabaseIn(DataDefault)))
            throw new BadInputException("which installation? Say --data DIR (the directory of cki up) or --stack NAME (on AWS)");
        return LocalInstallation.At(directory ?? DataDefault, more);
    }
}
