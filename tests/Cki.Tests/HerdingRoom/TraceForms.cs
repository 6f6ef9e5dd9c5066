using System.Globalization;
using System.Text;

namespace Cki.Tests.HerdingRoom;

/// <summary>The same lines as they come from the field: raw, as a runner prints them, and lost in ordinary output.</summary>
public static class TraceForms
{
    public static readonly string[] All = ["raw", "wrapped", "stamped", "5 MB"];

    public static TraceReading Read(string form, IReadOnlyList<string> lines, TraceSection section = TraceSection.Script, string? epilogue = null) =>
        Read(Bytes(form, lines, section, epilogue));

    /// <summary>In chunks of odd sizes, as they come off the wire.</summary>
    public static TraceReading Read(byte[] trace)
    {
        var reader = new TraceReader();
        for (int at = 0, size = 1; at < trace.Length; at += size, size = Math.Min(16384, (size * 3) + 1))
            reader.Feed(trace.AsSpan(at, Math.Min(size, trace.Length - at)));
        return reader.End();
    }

    public static byte[] Bytes(string form, IReadOnlyList<string> lines, TraceSection section, string? epilogue) => Encoding.UTF8.GetBytes(form switch
    {
        "raw" => string.Join('\n', lines) + "\n",
        "wrapped" => Wrapped(lines, section, epilogue),
        "stamped" => Stamped(Wrapped(lines, section, epilogue)),
        _ => Drowned(lines),
    });

    private static string Wrapped(IReadOnlyList<string> lines, TraceSection section, string? epilogue)
    {
        string[] own = [.. lines];
        var text = new StringBuilder("\e[0KRunning with gitlab-runner 18.4.0 (139a0ac0)\e[0;m\n");
        Section(text, "prepare_executor", "Preparing the \"kubernetes\" executor", section == TraceSection.Prepare ? own : ["Using Kubernetes executor with image quay.io/cki/builder ..."]);
        if (section != TraceSection.Prepare)
            Section(text, "get_sources", "Getting source from Git repository", section == TraceSection.GetSources ? own : ["\e[32;1mFetching changes...\e[0;m"]);
        if (section == TraceSection.Script)
        {
            Section(text, "step_script", "Executing \"step_script\" stage of the job script", ["\e[32;1m$ ./prepare.sh\e[0;m", "ready", "\e[32;1m$ ./work.sh\e[0;m", .. own]);
            Section(text, "after_script", "Running after_script", ["\e[32;1mRunning after script...\e[0;m", "\e[32;1m$ df -h\e[0;m", "overlay 100G 20G 80G 20% /"]);
        }
        if (section == TraceSection.Upload)
        {
            Section(text, "step_script", "Executing \"step_script\" stage of the job script", ["\e[32;1m$ ./work.sh\e[0;m", "done"]);
            Section(text, "upload_artifacts_on_success", "Uploading artifacts for successful job", own);
        }
        Section(text, "cleanup_file_variables", "Cleaning up project directory and file based variables", []);
        if (epilogue is not null)
            text.Append(CultureInfo.InvariantCulture, $"\e[0K\e[31;1m{epilogue}\n\e[0;m\n");
        return text.ToString();
    }

    private static void Section(StringBuilder text, string name, string title, string[] lines)
    {
        text.Append(CultureInfo.InvariantCulture, $"section_start:1764000000:{name}\r\e[0K\e[0K\e[36;1m{title}\e[0;m\e[0;m\n");
        foreach (string line in lines)
            text.Append(line).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"section_end:1764000009:{name}\r\e[0K");
    }

    private static string Stamped(string text)
    {
        var stamped = new StringBuilder();
        foreach (string line in text.TrimEnd('\n').Split('\n'))
        {
            string[] parts = line.Split('\r');
            for (int i = 0; i < parts.Length; i++)
                stamped.Append("2026-11-22T10:08:09.412630Z 01O").Append(i == 0 ? ' ' : '+').Append(parts[i]).Append(i < parts.Length - 1 ? "\r\n" : "\n");
        }
        return stamped.ToString();
    }

    // The first line in the middle, so that findings survive what follows; the rest at the end, where it explains it.
    private static string Drowned(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder(6_000_000);
        Ordinary(text, 2_500_000);
        text.Append(lines[0]).Append('\n');
        if (lines.Count > 1)
            Ordinary(text, 2_500_000);
        foreach (string line in lines.Skip(1))
            text.Append(line).Append('\n');
        return text.ToString();
    }

    private static void Ordinary(StringBuilder text, int characters)
    {
        int end = text.Length + characters;
        for (int i = 0; text.Length < end; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"  CC [M]  drivers/net/ethernet/vendor{i % 97}/part_{i}.o\n");
            if (i % 11 == 0)
                text.Append("drivers/net/core.c:12:3: warning: unused variable 'error' [-Wunused-variable]\n");
            if (i % 31 == 0)
                text.Append(CultureInfo.InvariantCulture, $"  LD [M]  fs/errors/failed_{i}.ko\r  50%\r 100%\n");
        }
    }
}
