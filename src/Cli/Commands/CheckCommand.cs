using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Embedded.Checks;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc check</c>: looks through a data folder and says what is not as it should be.</summary>
internal sealed class CheckCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private readonly FolderArgument _folder =
        new("Data folder; nothing in it is changed, and a server may be using it.");
    private readonly Option<bool> _deep = new("--deep")
    {
        Description = "Compare every twin with a refold of its journal.",
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print the report as JSON." };

    private CheckCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var check = new CheckCommand();
        var command = new Command("check",
            $"Look through a data folder: exit code {ExitCode.Ok} when it is sound, {ExitCode.Damaged} when not.")
        {
            check._deep, check._json,
        };
        check._folder.AddTo(command);
        command.SetAction(check.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var report = FolderCheck.Run(_folder.Of(parsed), parsed.GetValue(_deep), cancellation);
        var output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json)) await output.WriteLineAsync(JsonSerializer.Serialize(report, Json));
        else
        {
            foreach (var line in Lines(report)) await output.WriteLineAsync(line);
        }
        return report.IsSound ? ExitCode.Ok : ExitCode.Damaged;
    }

    private static IEnumerable<string> Lines(CheckReport report)
    {
        yield return Say($"folder {report.FolderId}, format {report.Format}, {report.Partitions.Count} partitions");
        foreach (var partition in report.Partitions)
        {
            yield return Say($"partition {partition.Partition}: {partition.Grains:N0} states, ")
                + Say($"{partition.JournalRows:N0} journal rows, {partition.Rows:N0} table rows, ")
                + Say($"{partition.Outbox:N0} published, {partition.Sends:N0} on their way, ")
                + Say($"{partition.WakeUps:N0} wake-ups")
                + (partition.Sealed > 0 ? Say($"; {partition.Sealed:N0} sealed") : "")
                + (partition.WithoutChecksum > 0 ? Say($"; {partition.WithoutChecksum:N0} rows have no checksum") : "")
                + (partition.Refolded > 0 ? Say($"; {partition.Refolded:N0} twins refolded") : "");
        }
        foreach (var finding in report.Findings)
        {
            var where = finding.Partition is { } number ? Say($"partition {number}: ") : "";
            yield return $"{where}{finding.Kind.ToString().ToLowerInvariant()}: {finding.What}";
        }
        if (report.FindingCount > report.Findings.Count)
            yield return Say($"and {report.FindingCount - report.Findings.Count:N0} more");
        yield return report.IsSound
            ? Say($"sound: nothing was found in {report.Seconds:0.0} s")
            : Say($"{report.FindingCount:N0} findings in {report.Seconds:0.0} s: restore a backup, or ")
                + "see 'dtoc rebuild'";
    }

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
