namespace Cki;

/// <summary>Where a configuration value stands. Lines and columns count from 1.</summary>
public readonly record struct ConfigPlace(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";
}

/// <summary>A configuration file as read by Adapters (YAML), before Core gives it meaning.</summary>
public abstract record ConfigNode(ConfigPlace Place)
{
    /// <param name="IsQuoted">Quoted scalars are text, whatever they look like.</param>
    public sealed record Scalar(ConfigPlace Place, string Text, bool IsQuoted) : ConfigNode(Place);

    public sealed record List(ConfigPlace Place, IReadOnlyList<ConfigNode> Items) : ConfigNode(Place);

    /// <summary>In the file's order. Duplicate keys are refused by the reader.</summary>
    public sealed record Map(ConfigPlace Place, IReadOnlyList<KeyValuePair<Scalar, ConfigNode>> Entries) : ConfigNode(Place);
}

/// <summary>One thing wrong with the configuration: where, which field, what, as one line for an operator.</summary>
public sealed record ConfigError(ConfigPlace Place, string Field, string Message)
{
    public override string ToString() => $"{Place}: {Field}: {Message}";
}

/// <summary>Refused configuration: every error at once.</summary>
public sealed class ConfigRefusedException(IReadOnlyList<ConfigError> errors)
    : Exception($"The configuration has {errors.Count} error(s):\n{string.Join('\n', errors)}")
{
    public IReadOnlyList<ConfigError> Errors { get; } = errors;
}
