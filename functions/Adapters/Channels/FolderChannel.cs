using System.Text;

namespace Cki.Adapters;

/// <summary>Writes each report as a text file <c>{run}.{kind}.txt</c> (a notice: <c>{id}.txt</c>). A repeated send replaces the file by the same text.</summary>
public sealed class FolderChannel(ChannelConfig.Folder config) : IReportChannel
{
    public async Task<ChannelOutcome> SendAsync(OutgoingReport report, CancellationToken cancellationToken)
    {
        string name = Safe(report.Run is { } run ? $"{run}.{report.Kind}" : report.Id) + ".txt";
        string file = Path.Combine(config.Path, name);
        try
        {
            Directory.CreateDirectory(config.Path);
            // Written beside and moved, so that a reader never sees half a report.
            string half = file + ".part";
            await File.WriteAllTextAsync(half, $"Subject: {report.Subject}\nMessage-ID: <{report.MessageId}>\n\n{report.Text}", new UTF8Encoding(false), cancellationToken);
            File.Move(half, file, overwrite: true);
            return new ChannelOutcome.Sent(name);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ChannelOutcome.Unavailable($"{file}: {e.Message}");
        }
    }

    private static string Safe(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '-'));
}
