namespace Cki;

/// <summary>Follows a console from firmware to kernel: did a kernel start, and did it speak?</summary>
internal sealed class BootWatch
{
    private const int FirmwareRoundsMin = 3;

    internal static readonly string[] Firmware =
        ["SecStartup", "U-Boot SPL", "bootblock starting", "NOTICE:  BL1:", "SeaBIOS (version", "UEFI firmware (version", "Booting Trusted Firmware", "DRAM Init", "Hit any key to stop autoboot"];

    internal static readonly string[] Handovers = ["Starting kernel ...", "Exiting depthcharge", "EFI stub: Exiting boot services", "Loading initial ramdisk", "Booting the kernel"];

    private int _firmwareRounds;
    private bool _everKernel;
    private bool _everHandover;
    private TraceLine? _handover;

    public bool NeverReachedKernel => _firmwareRounds >= FirmwareRoundsMin && !_everKernel && !_everHandover;

    /// <summary>Between firmware and a kernel's first words: then each line matters.</summary>
    public bool IsListening => _handover is not null || (_firmwareRounds > 0 && !_everKernel);

    /// <summary>The last hand-over to a kernel that never said a word; null where none was or it spoke.</summary>
    public TraceLine? Silence => _handover;

    public void Observe(TraceLine line)
    {
        string text = line.Text;
        if (line.Origin == LineOrigin.Kernel || text.StartsWith("Linux version ", StringComparison.Ordinal))
        {
            _everKernel = true;
            _handover = null;
        }
        else if (text.Length < 200 && Handovers.Any(h => text.Contains(h, StringComparison.Ordinal)))
        {
            _everHandover = true;
            _handover = line;
        }
        else if (text.Length < 200 && Firmware.Any(f => text.Contains(f, StringComparison.Ordinal)))
        {
            _firmwareRounds++;
        }
    }
}
