using System.CommandLine;
using System.Globalization;
using CsvHelper;
using DToC.Cli.Display;
using DToC.Cli.Folders;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.Views;

namespace DToC.Cli.Commands;

/// <summary>
/// <c>dtoc twins</c>: a table of all twins of a folder, a row each, features and scores as columns.
/// </summary>
internal sealed class TwinsCommand
{
    private static readonly CsvWriterOptions Table = new() { NewLine = "\n" };

    private readonly AsOf _asOf = new();
    private readonly Option<string> _data = new("--data") { Description = "Data folder.", Required = true };

    private readonly Option<string> _csv = new("--csv")
    {
        Description = "File for the table; - is standard output.",
        DefaultValueFactory = _ => "-",
    };

    private readonly Option<string?> _features = new("--features")
    {
        Description = "Features and scores by name, with commas between; else all of the definition.",
    };

    private TwinsCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var twins = new TwinsCommand();
        var command = new Command("twins", "Write the features and scores of all twins as a table.")
        {
            twins._data, twins._csv, twins._features,
        };
        twins._asOf.AddTo(command);
        command.SetAction(twins.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var at = _asOf.Of(parsed, time);
        await using var host = HostFolder.OpenToRead(
            parsed.GetValue(_data) ?? "", MasterKeyOption.Of(parsed), error);
        var columns = ColumnsOf(parsed.GetValue(_features), host.Plans.Current);
        var twins = new FolderTwins(host, at, Instant.From(time.GetUtcNow()));
        var path = parsed.GetValue(_csv) ?? "-";
        var meter = new Meter("twins");

        await using var file = path == "-" ? null : new StreamWriter(path);
        await using (var csv = CsvWriter.Create(file ?? output, Table, leaveOpen: true))
        {
            await ProgressDisplay.Run(
                meter, error, time, () => Write(csv, columns, twins, meter, cancellation));
        }
        await error.WriteLineAsync($"{meter.Done:N0} twins");
        return ExitCode.Ok;
    }

    private static async Task<long> Write(
        CsvWriter csv, IReadOnlyList<string> columns, FolderTwins twins, Meter meter,
        CancellationToken cancellation)
    {
        await csv.WriteRecordAsync(["customer", .. columns], cancellation);
        var fields = new string[columns.Count + 1];
        await foreach (var view in twins.All(cancellation))
        {
            fields[0] = view.Customer;
            for (var i = 0; i < columns.Count; i++)
                fields[i + 1] = ValueOf(view, columns[i])?.ToString("R", CultureInfo.InvariantCulture) ?? "";
            await csv.WriteRecordAsync(fields, cancellation);
            meter.Add(1);
        }
        return meter.Done;
    }

    // Empty where it cannot be said, or has no legal basis at that time.
    private static double? ValueOf(TwinView view, string column) =>
        view.Prediction.Scores.TryGetValue(column, out var score)
            ? score.Value
            : view.Description.Features.GetValueOrDefault(column);

    private static IReadOnlyList<string> ColumnsOf(string? wanted, TwinPlan plan)
    {
        var known = plan.Vector.Features.Select(feature => feature.Name)
            .Concat(plan.Models.Select(model => model.Name)).ToList();
        if (wanted == null)
            return known;
        var columns = wanted.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var column in columns)
        {
            if (!known.Contains(column, StringComparer.Ordinal))
            {
                throw new CommandFailure(ExitCode.Usage,
                    $"'{column}' is no feature or score of {plan.Definition.Name}: {string.Join(", ", known)}.");
            }
        }
        return columns.Length > 0 ? columns : throw new CommandFailure(ExitCode.Usage, "--features names none.");
    }
}
