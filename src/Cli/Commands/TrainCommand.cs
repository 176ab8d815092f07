using System.CommandLine;
using System.Globalization;
using DToC.Cli.Folders;
using DToC.Learn.Training;
using DToC.Twin;

namespace DToC.Cli.Commands;

/// <summary><c>dtoc train</c>: fits a model of the definition to the journals of a data folder.</summary>
internal sealed class TrainCommand
{
    private readonly LearnOptions _options = new();
    private readonly Argument<string> _model = new("MODEL") { Description = "Name of the definition's model." };

    private readonly Option<string?> _out = new("--out")
    {
        Description = "File for the model; PUT /v1/models/NAME takes it.",
    };

    private readonly Option<bool> _put = new("--put")
    {
        Description = "Put the model in force in the data folder; no server may be running on it.",
    };

    private TrainCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var train = new TrainCommand();
        var command = new Command("train", "Fit a model to the journals, and grade it on what came later.")
        {
            train._model, train._out, train._put,
        };
        train._options.AddTo(command);
        command.SetAction(train.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var options = _options.Of(parsed);
        OutFile.Check(parsed.GetValue(_out));
        var now = Instant.From(TimeProvider.System.GetUtcNow());
        await using var host = HostFolder.OpenToRead(_options.DataOf(parsed), MasterKeyOption.Of(parsed), error);
        var name = parsed.GetValue(_model) ?? "";
        var trained = await LearnOptions.RunAsync(
            progress => ModelTraining.RunAsync(host, name, options, now, progress, cancellation), error);
        if (parsed.GetValue(_out) is { } file)
            await OutFile.WriteAsync(file, trained.File.ToBytes(), cancellation);
        if (parsed.GetValue(_put)) await HostFolder.PutModel(host, name, trained.File, cancellation);
        await ShowAsync(trained, output);
        return ExitCode.Ok;
    }

    private static async Task ShowAsync(TrainedModel trained, TextWriter output)
    {
        var card = trained.File.Card;
        await output.WriteLineAsync($"{trained.Name}: {trained.File.Model.Kind}, {card.Rows} rows until {card.Until}");
        foreach (var (measure, value) in card.Measures.OrderBy(m => m.Key, StringComparer.Ordinal))
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{measure}: {value:G6}"));
        foreach (var limit in card.Limits) await output.WriteLineAsync($"- {limit}");
    }
}
