using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using DToC.Twin.Definitions;

namespace DToC.Cli.Tests.Learning;

/// <summary>Customers of two years in a data folder; read by all tests of a class, changed by none.</summary>
public sealed partial class LearntFolder : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The data folder.</summary>
    public string Data => _folder["data"];

    private string Definition => _folder["retail.jsonc"];

    /// <summary>The events in it, in the order of time.</summary>
    public string[] Events { get; private set; } = [];

    /// <summary>Another path beside it.</summary>
    public string this[string name] => _folder[name];

    public async Task InitializeAsync()
    {
        await Shell.Run("generate", "--profile", "retail", "--customers", "200", "--seed", "11", "--days", "600",
            "--end", "2026-03-01T00:00:00Z", "--out", _folder["events.ndjson"]);
        Events = await File.ReadAllLinesAsync(_folder["events.ndjson"]);
        // Nothing is past its retention, whatever day it is today and however long a replay takes.
        var definition = Encoding.UTF8.GetString(ShippedDefinitions.Find("retail")!.Value.Span);
        await File.WriteAllTextAsync(
            Definition, RetentionDays().Replace(definition, "\"retentionDays\": 36500"));
        var ran = await Shell.Run("replay", _folder["events.ndjson"], "--data", Data, "--definition", Definition);
        Assert.True(ran.Code == ExitCode.Ok, ran.Output + ran.Error);
    }

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A copy of the data folder, to be changed.</summary>
    public string Copy(string name)
    {
        foreach (var file in Directory.GetFiles(Data, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder[name], Path.GetRelativePath(Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy) ?? "");
            File.Copy(file, copy);
        }
        return _folder[name];
    }

    /// <summary>A data folder of some of the events.</summary>
    public async Task<string> FolderOf(string name, IEnumerable<string> events)
    {
        await File.WriteAllLinesAsync(_folder[$"{name}.ndjson"], events);
        var ran = await Shell.Run(
            "replay", _folder[$"{name}.ndjson"], "--data", _folder[name], "--definition", Definition);
        Assert.True(ran.Code == ExitCode.Ok, ran.Output + ran.Error);
        return _folder[name];
    }

    /// <summary>Trains a model on a data folder into a file.</summary>
    internal static Task<Shell> Train(string data, string model, string file, params string[] more) =>
        Shell.Run(["train", model, "--data", data, "--out", file, .. more]);

    /// <summary>When an event happened.</summary>
    internal static string TimeOf(string line) =>
        JsonDocument.Parse(line).RootElement.GetProperty("time").GetString() ?? "";

    [GeneratedRegex("\"retentionDays\": [0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex RetentionDays();
}
