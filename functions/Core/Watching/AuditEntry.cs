using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary><c>audit/{yyyy}/{MM}/{dd}/{HHmmssfff}-{id}.json</c>: who did what to the installation, and why. Written before the act.</summary>
/// <param name="Act">The verb, e.g. <c>pause</c>, <c>run cancel</c>, <c>config push</c>.</param>
/// <param name="Subject">What it was done to: a switch, a run, a letter, a configuration's digest.</param>
/// <param name="Reason">Null where the verb asks for none.</param>
public sealed record AuditEntry(DateTimeOffset At, string By, string Act, string Subject, string? Reason, int V = 1)
{
    public const string Prefix = "audit/";

    /// <param name="id">Tells apart what happens in the same millisecond.</param>
    public string Key(string id) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{At.UtcDateTime:yyyy/MM/dd/HHmmssfff}-{id}.json");
}
