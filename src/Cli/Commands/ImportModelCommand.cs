using System.CommandLine;
using DToC.Learn.Import;
using DToC.Twin;
using DToC.Twin.Models;

namespace DToC.Cli.Commands;

/// <summary>
/// <c>dtoc import-model</c>: makes a model of this project's form of one that another program has fitted.
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

    private readonly Option<string> _out = new("--out")
    {
        Description = "File for the model; PUT /v1/models/NAME takes it.",
        Required = true,
    };

    private ImportModelCommand()
    {
    }

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var import = new ImportModelCommand();
        var command = new Command("import-model", "Import a model that another program has fitted.")
        {
            import._file, import._inputs, import._output, import._out,
        };
        command.SetAction(import.Run);
        return command;
    }

    private async Task<int> Run(ParseResult parsed, CancellationToken cancellation)
    {
        var bytes = await File.ReadAllBytesAsync(parsed.GetValue(_file) ?? "", cancellation);
        ModelFile model;
        try
        {
            model = ModelImport.Read(bytes, new ImportOptions
            {
                Inputs = parsed.GetValue(_inputs)?.Split(
                    ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                Output = parsed.GetValue(_output),
                MadeAt = Instant.From(TimeProvider.System.GetUtcNow()),
            });
        }
        catch (InvalidDataException wrong)
        {
            throw new CommandFailure(ExitCode.Usage, wrong.Message);
        }
        await File.WriteAllBytesAsync(parsed.GetValue(_out) ?? "", model.ToBytes(), cancellation);
        await parsed.InvocationConfiguration.Output.WriteLineAsync(
            $"{model.Model.Kind} of {model.Model.Inputs.Count} inputs: {string.Join(", ", model.Model.Inputs)}");
        return ExitCode.Ok;
    }
}
