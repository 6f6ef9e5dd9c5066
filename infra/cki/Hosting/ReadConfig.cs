namespace Cki.Tool;

/// <summary>The configuration as a verb read it; a verb's life is short.</summary>
internal sealed class ReadConfig(SuiteConfig current) : IConfigSource
{
    public SuiteConfig Current => current;
}
