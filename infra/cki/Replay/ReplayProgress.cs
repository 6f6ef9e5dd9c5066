using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary>How far a replay is, in a file: a replay that was broken off goes on behind it, one that ended removes it.</summary>
internal sealed class ReplayProgress(string file)
{
    public string File => file;

    /// <summary>A name of its own for each replay that asks for something else.</summary>
    public static string NameFor(params string?[] asked) =>
        $"cki-replay-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', asked))))[..12]}.json";

    /// <summary>Null: from the beginning. Throws <see cref="BadInputException"/> where the file is something else.</summary>
    public ArchivePlace? Read()
    {
        if (!System.IO.File.Exists(file))
            return null;
        try
        {
            JsonNode? read = JsonNode.Parse(System.IO.File.ReadAllText(file));
            return new ArchivePlace(DateTimeOffset.Parse((string)read!["receivedAt"]!, CultureInfo.InvariantCulture), (string)read["key"]!);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or NullReferenceException or ArgumentNullException)
        {
            throw new BadInputException($"--progress {file}: is no progress of a replay ({e.Message}); remove it to begin anew");
        }
    }

    public void Write(ArchivePlace place)
    {
        var json = new JsonObject { ["receivedAt"] = place.ReceivedAt.ToString("O", CultureInfo.InvariantCulture), ["key"] = place.Key };
        System.IO.File.WriteAllText(file + ".new", json.ToJsonString());
        System.IO.File.Move(file + ".new", file, overwrite: true);
    }

    public void Remove() => System.IO.File.Delete(file);
}
