using System.Collections.Frozen;
using System.Text;

namespace Cki.Adapters;

/// <summary>The fields of a log event by the keys that every log of the suite has: <c>run_id, tree, sha, pipeline, job, delivery, announced_by</c>, and the event's own in snake case.</summary>
public static class LogFields
{
    private static readonly FrozenSet<string> s_ownKeys = FrozenSet.Create(
        StringComparer.Ordinal,
        "timestamp", "level", "message", "service", "name", "cold_start", "function_name", "function_version", "function_memory_size", "function_arn",
        "function_request_id", "xray_trace_id", "correlation_id", "stack", "release", "exception", "logger");

    /// <summary>The event's own fields first; of what its <see cref="Trail"/> says, that which they do not. No key comes twice.</summary>
    public static List<KeyValuePair<string, object?>> Of(IReadOnlyList<KeyValuePair<string, object?>> own, Trail? trail)
    {
        var fields = new List<KeyValuePair<string, object?>>(own.Count + 6);
        for (int i = 0; i < own.Count; i++)
        {
            if (own[i].Key != "{OriginalFormat}")
                Add(fields, Key(own[i].Key), own[i].Value);
        }
        if (trail is null)
            return fields;
        foreach ((string key, string value) in trail.Facts())
            Add(fields, key, value);
        return fields;
    }

    private static void Add(List<KeyValuePair<string, object?>> fields, string key, object? value)
    {
        foreach ((string known, _) in fields)
        {
            if (known == key)
                return;
        }
        fields.Add(new(key, value));
    }

    private static string Key(string name)
    {
        if (name == "Run")
            return "run_id";
        var snake = new StringBuilder(name.Length + 4);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && snake.Length > 0)
                snake.Append('_');
            snake.Append(char.ToLowerInvariant(c));
        }
        string key = snake.ToString();
        return s_ownKeys.Contains(key) ? key + "_value" : key;
    }
}
