using System.CommandLine;
using DToC.Cli.Folders;
using DToC.Learn.Import;
using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Plan;

namespace DToC.Cli.Commands;

/// <summary>
/// <c>dtoc import-model</c>: makes a model of this project's form of one that another program has fitted, once it has
/// given what that program gives.
/// </summary>
internal sealed class ImportModelCommand
{
    private readonly Argument<string> _file = new("FILE")
    {
        Description = "LightGBM text or JSON, XGBoost JSON, UBJ or its old binary form, ONNX, or a linear model in "
            + "JSON.",
    };

    private readonly Option<string?> _inputs = new("--inputs")
    {
        Description = "Names of the definition's features in the order of the model's columns, with commas between.",
    };

    private readonly Option<int?> _output = new("--output")
    {
        Description = "Which of several outputs, from 0; of a model of classes the class.",
    };

    private readonly ImportCheckOptions _check = new();

    private readonly Option<string?> _out = new("--out")
    {
        Description = "File for the model; PUT /v1/models/NAME takes it.",
    };

    private readonly Option<bool> _put = new("--put")
    {
        Description = "Put the model in force in the data folder; no server may be running on it.",
    };

    private readonly Option<string?> _data = new("--data") { Description = "Data folder, for --put." };
    private readonly Option<string?> _as = new("--as") { Description = "Name of the definition's model, for --put." };

    private ImportModelCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var import = new ImportModelCommand();
        var command = new Command("import-model", "Import a model that another program has fitted.")
        {
            import._file, import._inputs, import._output, import._out, import._put, import._data, import._as,
        };
        import._check.AddTo(command);
        command.SetAction(import.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var output = parsed.InvocationConfiguration.Output;
        var (isPut, data, name) = (parsed.GetValue(_put), parsed.GetValue(_data), parsed.GetValue(_as));
        if (isPut != (data is not null) || isPut != (name is not null))
            throw new CommandFailure(ExitCode.Usage, "--put, --data and --as go together.");
        if (!isPut && parsed.GetValue(_out) is null)
            throw new CommandFailure(ExitCode.Usage, "There is nowhere to put the model: give --out, or --put.");
        OutFile.Check(parsed.GetValue(_out));
        var bytes = await File.ReadAllBytesAsync(parsed.GetValue(_file) ?? "", cancellation);
        var options = new ImportOptions
        {
            Output = parsed.GetValue(_output), MadeAt = Instant.From(TimeProvider.System.GetUtcNow()),
        };
        var (model, inputs) = Read(bytes, options, parsed.GetValue(_inputs)?.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        model = await _check.CheckAsync(parsed, model, inputs, options.Output, output, cancellation);
        string? remark = null;
        if (isPut)
        {
            await using var host = HostFolder.OpenToRead(
                data ?? "", MasterKeyOption.Of(parsed), parsed.InvocationConfiguration.Error);
            await HostFolder.PutModel(host, name ?? "", model, cancellation);
            var plan = host.Plans.Current;
            remark = UnitRemark.Of(plan, plan.FindModel(name ?? ""));
        }
        if (parsed.GetValue(_out) is { } file) await OutFile.WriteAsync(file, model.ToBytes(), cancellation);
        await output.WriteLineAsync(
            $"{model.Model.Kind} of {model.Model.Inputs.Count} inputs: {string.Join(", ", model.Model.Inputs)}");
        if (remark is not null) await output.WriteLineAsync($"- {remark}");
        return ExitCode.Ok;
    }

    // The model under the definition's names, and the names the file itself has for its inputs.
    private static (ModelFile Model, IReadOnlyList<string> Inputs) Read(
        byte[] bytes, ImportOptions options, string[]? names)
    {
        try
        {
            var own = ModelImport.Read(bytes, options);
            return (names is null ? own : ModelImport.Read(bytes, options with { Inputs = names }), own.Model.Inputs);
        }
        catch (InvalidDataException wrong)
        {
            throw new CommandFailure(ExitCode.Usage, wrong.Message);
        }
    }
}
