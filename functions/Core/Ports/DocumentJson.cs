using System.Text.Json.Serialization;

namespace Cki;

/// <summary>The store's documents.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = false)]
[JsonSerializable(typeof(RunDetection))]
[JsonSerializable(typeof(TreeHeads))]
[JsonSerializable(typeof(TreeOthers))]
[JsonSerializable(typeof(CommitClaim))]
[JsonSerializable(typeof(RunPipeline))]
[JsonSerializable(typeof(PipelineState))]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(RetryTally))]
[JsonSerializable(typeof(ResourceHold))]
[JsonSerializable(typeof(KnownFailure))]
[JsonSerializable(typeof(DueMarker))]
[JsonSerializable(typeof(ReportDelivery))]
[JsonSerializable(typeof(RunReport))]
[JsonSerializable(typeof(NoticeState))]
[JsonSerializable(typeof(ConsumerState))]
[JsonSerializable(typeof(DeadLetter))]
[JsonSerializable(typeof(Switch))]
[JsonSerializable(typeof(ArchivedDelivery))]
[JsonSerializable(typeof(SpilledMessage))]
[JsonSerializable(typeof(CompareProgress))]
[JsonSerializable(typeof(AuditEntry))]
[JsonSerializable(typeof(ChannelState))]
[JsonSerializable(typeof(Mute))]
[JsonSerializable(typeof(DigestEntry))]
[JsonSerializable(typeof(DigestState))]
[JsonSerializable(typeof(CheckState))]
public sealed partial class DocumentJson : JsonSerializerContext;
