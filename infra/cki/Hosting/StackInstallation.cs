namespace Cki.Tool;

internal abstract class StackInstallation : OpenedInstallation
{
    private StackInstallation() : base(null!, null!) { }
    public static Task<OpenedInstallation> OpenAsync(string name, CancellationToken cancellationToken) => throw new BadInputException("soon");
}
