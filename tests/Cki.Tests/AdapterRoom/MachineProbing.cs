using System.Diagnostics;
using Cki.Adapters;
using Xunit;

namespace Cki.Tests.AdapterRooms;

/// <summary>Looks at this machine, and at a mount that hangs.</summary>
public sealed class MachineProbing : ProbeRoom
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cki-machine-").FullName;

    public override void Dispose()
    {
        base.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_file_system_tells_space_and_inodes()
    {
        CheckSight sight = await SeeAsync(new CheckTarget.Filesystem(_folder, 0, 0));
        Assert.Equal(CheckStatus.Up, sight.Status);
        Assert.Matches(@"^\d+ % free \(\d+ MiB\), \d+ % of inodes$", sight.Said);
        var drive = new DriveInfo(_folder);
        Assert.InRange(sight.Value!.Value, (100.0 * drive.AvailableFreeSpace / drive.TotalSize) - 5, (100.0 * drive.AvailableFreeSpace / drive.TotalSize) + 5);
        CheckSight full = await SeeAsync(new CheckTarget.Filesystem(_folder, 100, 0));
        Assert.Equal(CheckStatus.Degraded, full.Status);
        Assert.EndsWith("; at least 100 % and 0 % should be", full.Said);
    }

    [Fact]
    public async Task What_is_not_there_is_down() =>
        Assert.Equal(
            (CheckStatus.Down, $"cannot read file system information for '{_folder}/gone': No such file or directory"),
            Plain(await SeeAsync(new CheckTarget.Filesystem($"{_folder}/gone", 10, 10))));

    [Fact]
    public async Task A_mount_must_be_mounted_and_of_its_type()
    {
        Assert.Equal((CheckStatus.Up, "proc answers"), Plain(await SeeAsync(new CheckTarget.Mount("/proc/", "proc"))));
        Assert.Equal((CheckStatus.Down, "proc is mounted, not nfs"), Plain(await SeeAsync(new CheckTarget.Mount("/proc", "nfs"))));
        CheckSight none = await SeeAsync(new CheckTarget.Mount(_folder, null));
        Assert.StartsWith($"nothing is mounted at {_folder}: it lies on /", none.Said);
        Assert.Equal(CheckStatus.Down, none.Status);
    }

    /// <summary>The child hangs on a pipe that nobody writes to, as on a server that does not answer.</summary>
    [Fact]
    public async Task A_mount_that_hangs_hangs_its_child_only_and_no_second_one_is_sent()
    {
        string pipe = Path.Combine(_folder, "pipe");
        string program = Path.Combine(_folder, "stat");
        using (Process made = Process.Start("mkfifo", [pipe]))
            await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        await ProgramAsync(program, $"echo $$ >> {_folder}/started\nexec 3< {pipe}");
        CheckProbe mount = CheckProbes.OnMachine(new StatChild(program))["mount"];
        var check = new CheckConfig("nfs", new CheckTarget.Mount("/mnt/nfs", "nfs"));

        using var limit = new CancellationTokenSource();
        Task<CheckSight> look = mount(check, null, limit.Token);
        while (!File.Exists($"{_folder}/started") || new FileInfo($"{_folder}/started").Length == 0)
            await Task.Yield();
        Assert.False(look.IsCompleted);
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => look);

        // Killed, it is gone soon; until then the answer is that it hangs still. Either way its process does not stay.
        int child = int.Parse((await File.ReadAllTextAsync($"{_folder}/started", TestContext.Current.CancellationToken)).Trim());
        while (Directory.Exists($"/proc/{child}") && !(await File.ReadAllTextAsync($"/proc/{child}/stat", TestContext.Current.CancellationToken)).Contains(") Z ", StringComparison.Ordinal))
            await Task.Yield();
    }

    [Fact]
    public async Task While_a_child_cannot_be_killed_no_other_is_sent_after_it()
    {
        string program = Path.Combine(_folder, "stat");
        await ProgramAsync(program, $"echo x >> {_folder}/started\necho /");
        // Stands for a child that hangs in the kernel.
        using Process unkillable = Process.Start("sleep", ["600"]);
        var child = new StatChild(program);
        child.Left("/mnt/nfs", unkillable);
        Assert.Equal(new ChildAnswer("", "an earlier look still hangs on it"), await child.AskAsync("/mnt/nfs", TestContext.Current.CancellationToken, "-c", "%m"));
        Assert.False(File.Exists($"{_folder}/started"));
        unkillable.Kill();
        await unkillable.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(new ChildAnswer("/", null), await child.AskAsync("/mnt/nfs", TestContext.Current.CancellationToken, "-c", "%m"));
    }

    [Fact]
    public async Task New_lines_of_a_log_are_counted_once_over_rotation_and_cuts()
    {
        string log = Path.Combine(_folder, "messages");
        var target = new CheckTarget.LogMatch(log, "Out of memory", 0);
        await File.WriteAllTextAsync(log, "Out of memory: long ago\n", TestContext.Current.CancellationToken);

        CheckSight first = await SeeAsync(target);
        Assert.Equal((CheckStatus.Up, "0 lines matched of 0 new"), Plain(first));
        await File.AppendAllTextAsync(log, "fine\nOut of memory: Killed process 7\nOut of mem", TestContext.Current.CancellationToken);
        CheckSight second = await SeeAsync(target, first.Memory);
        Assert.Equal((CheckStatus.Degraded, "1 line matched of 2 new, such as: Out of memory: Killed process 7"), Plain(second));
        await File.AppendAllTextAsync(log, "ory again\n", TestContext.Current.CancellationToken);
        CheckSight third = await SeeAsync(target, second.Memory);
        Assert.Equal((CheckStatus.Degraded, "1 line matched of 1 new, such as: Out of memory again"), Plain(third));
        Assert.Equal((CheckStatus.Up, "0 lines matched of 0 new"), Plain(await SeeAsync(target, third.Memory)));

        File.Move(log, log + ".1");
        await File.WriteAllTextAsync(log, "Out of memory: in the new file\n", TestContext.Current.CancellationToken);
        CheckSight rotated = await SeeAsync(target, third.Memory);
        Assert.Equal("1 line matched of 1 new, such as: Out of memory: in the new file", rotated.Said);
        await File.WriteAllTextAsync(log, "cut\n", TestContext.Current.CancellationToken);
        Assert.Equal("0 lines matched of 1 new", (await SeeAsync(target, rotated.Memory)).Said);
        Assert.Equal((CheckStatus.Down, $"{_folder} is no file but a directory"), Plain(await SeeAsync(target with { Path = _folder })));
    }

    /// <summary>Made executable by another process: one that this process had open for writing could not be started while any child of ours is on its way.</summary>
    private static async Task ProgramAsync(string path, string lines)
    {
        await File.WriteAllTextAsync(path + ".text", $"#!/bin/sh\n{lines}\n", TestContext.Current.CancellationToken);
        using Process made = Process.Start("install", ["-m", "700", path + ".text", path]);
        await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, made.ExitCode);
    }
}
