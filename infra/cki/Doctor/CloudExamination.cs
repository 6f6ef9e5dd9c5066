using Cki.Adapters;

namespace Cki.Tool;

/// <summary>Looks at the AWS account and the stack, by reads alone: a look for drift is left to the operator.</summary>
internal sealed class CloudExamination(AwsSession session, string stack)
{
    public async Task<CloudFact> LookAsync(CancellationToken cancellationToken)
    {
        var sights = new StackSights(session);
        (LambdaAccount? account, string? accountTrouble) = await Examination.TryAsync(() => LambdaAccount.ReadAsync(session, cancellationToken));
        (StackSight? sight, string? stackTrouble) = await Examination.TryAsync(() => sights.FindAsync(stack, cancellationToken));
        var fact = new CloudFact(stack) { Account = account, AccountTrouble = accountTrouble, Sight = sight, StackTrouble = stackTrouble };
        if (sight?.Drift != CloudDiagnosis.Drifted)
            return fact;
        (IReadOnlyList<DriftedResource>? drifted, string? driftTrouble) = await Examination.TryAsync(() => sights.DriftedAsync(stack, cancellationToken));
        return fact with { Drifted = drifted, DriftTrouble = driftTrouble };
    }
}
