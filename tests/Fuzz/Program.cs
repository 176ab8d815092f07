namespace DToC.Fuzz;

/// <summary>Fuzzing for long, from the command line; the ordinary tests run a little of each target.</summary>
internal static class Program
{
    public static Task<int> Main(string[] arguments) => FuzzCommand.RunAsync(arguments, Console.Out);
}
