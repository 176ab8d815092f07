namespace DToC.Tidy;

/// <summary>
/// A place that may break a rule, and why. Text is part of the line, or "" for the whole file.
/// </summary>
internal sealed record Allowance(string Path, string Text, string Reason);

/// <summary>All places that may break a rule. Each is a debt: the fewer the better.</summary>
internal static class Allowances
{
    public static readonly Allowance[] LongFiles =
    [
        new("definitions/definition.schema.json", "",
            "generated from the reader's key table; a test compares them"),
        new("DToC.sln", "", "written by dotnet sln: 13 lines a project"),
    ];

    public static readonly Allowance[] LongLines =
    [
        new("definitions/definition.schema.json", "",
            "generated from the reader's key table; a test compares them"),
        new("DToC.sln", "", "written by dotnet sln"),
    ];

    public static readonly Allowance[] Blocking =
    [
        new("src/Embedded/EmbeddedHost.cs", "Task.Run(partition.Stop)",
            "stopping joins the threads of the partitions, which blocks; the caller's thread must not"),
        new("src/Embedded/Storage/ReaderPool.cs", "_room.Wait()",
            "called by a partition's own thread, which may block; requests take ReadAsync"),
        new("src/Cli/Display/ProgressDisplay.cs", "Task.Run(work)",
            "a command line, not a request: reading an input may not hold up the display"),
    ];

    public static readonly Allowance[] UnfinishedWork =
    [
        new(".editorconfig", "is checked by Tidy.Tests", "names the rule"),
    ];

    public static bool Allow(this Allowance[] allowances, string path, string line) =>
        allowances.Any(a => a.Path == path && line.Contains(a.Text, StringComparison.Ordinal));
}
