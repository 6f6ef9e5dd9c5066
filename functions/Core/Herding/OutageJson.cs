using System.Text.Json.Serialization;

namespace Cki;

/// <summary>The store's documents of outages, budgets and learning.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = false)]
[JsonSerializable(typeof(OutageState))]
[JsonSerializable(typeof(OutageHit))]
[JsonSerializable(typeof(HeldJob))]
[JsonSerializable(typeof(RescueEvent))]
[JsonSerializable(typeof(RescueDay))]
[JsonSerializable(typeof(Demotions))]
[JsonSerializable(typeof(UnknownFailure))]
[JsonSerializable(typeof(HumanRetry))]
[JsonSerializable(typeof(BudgetLedger))]
[JsonSerializable(typeof(OutageAudit))]
public sealed partial class OutageJson : JsonSerializerContext;
