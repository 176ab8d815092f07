using DToC.Tidy.Reading;

namespace DToC.Tidy.Projects;

/// <summary>The analyzer that keeps clocks, chance and I/O out of the core is on and complete.</summary>
public sealed class PurityTests
{
    private const string Analyzer = "Microsoft.CodeAnalysis.BannedApiAnalyzers";
    private const string Diagnostic = "RS0030";

    private static readonly string[] MustBeBanned =
    [
        "P:System.DateTime.Now", "P:System.DateTime.UtcNow", "P:System.DateTimeOffset.Now",
        "P:System.DateTimeOffset.UtcNow", "T:System.TimeProvider", "T:System.Diagnostics.Stopwatch",
        "P:System.Environment.TickCount64", "T:System.Random", "M:System.Guid.NewGuid",
        "T:System.Threading.Tasks.Task", "T:System.Threading.Tasks.Task`1", "T:System.Threading.Timer",
        "T:System.IO.File", "T:System.IO.Directory", "T:System.IO.FileStream",
        "N:System.Net.Http", "N:System.Net.Sockets", "T:System.Console",
    ];

    private static IEnumerable<string> Banned => Repository.ReadLines("src/BannedSymbols.txt")
        .Select(line => line.Split(';')[0].Trim()).Where(symbol => symbol.Length > 0);

    [Fact]
    public void Clocks_chance_tasks_files_and_network_are_banned() => Findings.None(
        "src/BannedSymbols.txt lacks a symbol", MustBeBanned.Except(Banned, StringComparer.Ordinal));

    [Fact]
    public void Banned_types_exist_so_that_the_ban_has_an_effect() => Findings.None(
        "src/BannedSymbols.txt names a type that is not there; the analyzer passes over it in silence",
        Banned.Where(symbol => !symbol.StartsWith("N:", StringComparison.Ordinal) && !Resolves(symbol)));

    [Theory]
    [InlineData("Twin")]
    [InlineData("Grains")]
    public void Analyzer_is_on_in(string name)
    {
        var project = Assert.Single(ProjectFile.All, p => p.Path == $"src/{name}/{name}.csproj");
        Assert.Contains(Analyzer, project.Packages, StringComparer.Ordinal);
        Assert.Contains("../BannedSymbols.txt", project.Included("AdditionalFiles"), StringComparer.Ordinal);
        Assert.False(project.Silences(Diagnostic), $"{project.Path} silences {Diagnostic}");
    }

    [Fact]
    public void Nothing_silences_the_analyzer_in_the_core() => Findings.None(
        $"{Diagnostic} is silenced",
        from path in Repository.Texts
        where path.StartsWith("src/Twin/", StringComparison.Ordinal)
            || path.StartsWith("src/Grains/", StringComparison.Ordinal)
            || Path.GetFileName(path) is ".editorconfig" or ".globalconfig" or "Directory.Build.props"
        where Repository.Read(path).Contains(Diagnostic, StringComparison.Ordinal)
        select path);

    private static bool Resolves(string symbol)
    {
        var name = symbol[2..].Split('(')[0];
        if (symbol[0] == 'T') return Find(name) is not null;
        var dot = name.LastIndexOf('.');
        return Find(name[..dot])?.GetMember(name[(dot + 1)..]).Length > 0;
    }

    private static Type? Find(string name) => Type.GetType(name)
        ?? typeof(Console).Assembly.GetType(name)
        ?? typeof(System.Diagnostics.Stopwatch).Assembly.GetType(name)
        ?? typeof(System.Diagnostics.Process).Assembly.GetType(name)
        ?? typeof(System.Security.Cryptography.RandomNumberGenerator).Assembly.GetType(name)
        ?? typeof(System.Net.Http.HttpClient).Assembly.GetType(name)
        ?? typeof(System.Net.Sockets.Socket).Assembly.GetType(name);
}
