using System.CommandLine;
using System.Globalization;
using DToC.Learn.Import;
using DToC.Twin.Models;

namespace DToC.Cli.Commands;

/// <summary>The options that have an imported model checked before it is used.</summary>
internal sealed class ImportCheckOptions
{
    private readonly Option<string?> _rows = new("--rows")
    {
        Description = "Rows to check the model on: columns, with or without their names, or libsvm.",
    };

    private readonly Option<string?> _expected = new("--expected")
    {
        Description = "What the program that fitted the model gives for the rows, a number a line.",
    };

    private readonly Option<double> _tolerance = new("--tolerance")
    {
        Description = "How far a score may be off, or its share of what is expected where that is more.",
        DefaultValueFactory = _ => 1e-6,
    };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_rows, _expected, _tolerance]) command.Options.Add(option);
    }

    /// <summary>Checks a model where rows are given, and says on its card how it did.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="model">The model.</param>
    /// <param name="inputs">The names its file has for its inputs; rows may have these.</param>
    /// <param name="column">Which column of several is expected.</param>
    /// <param name="output">Where the differences are printed.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="CommandFailure">It cannot be checked, or a score is too far off.</exception>
    public async Task<ModelFile> CheckAsync(
        ParseResult parsed, ModelFile model, IReadOnlyList<string> inputs, int? column, TextWriter output,
        CancellationToken cancellation)
    {
        var (rows, expected) = (parsed.GetValue(_rows), parsed.GetValue(_expected));
        if ((rows is null) != (expected is null))
            throw new CommandFailure(ExitCode.Usage, "--rows and --expected go together.");
        var tolerance = parsed.GetValue(_tolerance);
        if (!(tolerance >= 0))
            throw new CommandFailure(ExitCode.Usage, $"--tolerance is {tolerance}; it is 0 or more.");
        if (rows is null || expected is null) return model;
        ImportCheckResult result;
        try
        {
            var given = Rows(await File.ReadAllTextAsync(rows, cancellation), model, inputs);
            var wanted = Column(RowFile.Read(await File.ReadAllTextAsync(expected, cancellation)), expected, column);
            result = ImportCheck.Run(model.Model, given, wanted, tolerance);
        }
        catch (InvalidDataException wrong)
        {
            throw new CommandFailure(ExitCode.Usage, wrong.Message);
        }
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
            $"checked rows: {result.Rows}\nmax difference: {result.MaxAbsolute:G6}\n"
            + $"max relative difference: {result.MaxRelative:G6}"));
        if (!result.IsPassed) throw new CommandFailure(ExitCode.Differs, Failure(result, tolerance));
        var measures = new Dictionary<string, double>(model.Card.Measures, StringComparer.Ordinal)
        {
            ["checkedRows"] = result.Rows, ["maxDifference"] = result.MaxAbsolute,
        };
        return model with { Card = model.Card with { Measures = measures } };
    }

    private static string Failure(ImportCheckResult result, double tolerance) => result.Rows == 0
        ? "There are no rows to check the model on."
        : string.Create(CultureInfo.InvariantCulture,
            $"{result.Beyond} of {result.Rows} scores are further off than {tolerance:G3}; the worst is that of row "
            + $"{result.WorstRow + 1}, by {result.MaxAbsolute:G6}. Nothing was written.");

    private static IReadOnlyList<double[]> Rows(string text, ModelFile model, IReadOnlyList<string> inputs)
    {
        // What a row of libsvm does not name is 0 for LightGBM, and missing for XGBoost.
        var isZero = model.Card.Origin?.StartsWith("LightGBM", StringComparison.Ordinal) == true;
        var rows = RowFile.Read(text, inputs.Count, isZero ? 0 : double.NaN);
        var areOwn = rows.Names.Count > 0 && inputs.All(name => rows.Names.Contains(name, StringComparer.Ordinal));
        return rows.For(areOwn ? inputs : model.Model.Inputs);
    }

    private static double[] Column(RowFile expected, string file, int? column)
    {
        var width = expected.Rows.Count == 0 ? 1 : expected.Rows[0].Length;
        var place = width == 1 ? 0 : column ?? -1;
        return place >= 0 && place < width
            ? [.. expected.Rows.Select(row => row[place])]
            : throw new InvalidDataException($"'{file}' has {width} numbers a line; --output says which is expected.");
    }
}
