namespace DToC.Conformance;

/// <summary>What this assembly does when it is started by itself and not by a test runner.</summary>
internal static class Program
{
    /// <summary><c>schedules ...</c> runs schedules for long; anything else is a process to be killed.</summary>
    public static Task<int> Main(string[] arguments) => arguments switch
    {
        ["schedules", .. var rest] => Task.FromResult(LongRun.Start(rest, Console.Out)),
        _ => KilledProcess.Run(arguments),
    };
}
