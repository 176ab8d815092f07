using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>How far an imported model is from the outputs that were expected of it.</summary>
/// <param name="Rows">Rows compared.</param>
/// <param name="MaxAbsolute">Greatest difference.</param>
/// <param name="MaxRelative">Greatest difference in parts of what was expected, of 1e-300 at least.</param>
/// <param name="WorstRow">The row of the greatest difference, from 0; -1 when all are equal.</param>
/// <param name="Beyond">Rows whose difference is beyond the tolerance.</param>
public sealed record ImportCheckResult(int Rows, double MaxAbsolute, double MaxRelative, int WorstRow, int Beyond)
{
    /// <summary>Whether all rows are within the tolerance.</summary>
    public bool IsPassed => Rows > 0 && Beyond == 0;
}

/// <summary>Runs an imported model on rows whose outputs are known of the tool that trained it.</summary>
public static class ImportCheck
{
    private const double Least = 1e-300;

    /// <summary>Compares scores with what was expected.</summary>
    /// <param name="model">The model.</param>
    /// <param name="rows">Its inputs, row by row; see <see cref="RowFile.For"/>.</param>
    /// <param name="expected">An output a row.</param>
    /// <param name="tolerance">
    /// How much a score may differ, from 0: absolutely, or in parts of what was expected where that is more.
    /// </param>
    /// <exception cref="InvalidDataException">There are not as many outputs as rows.</exception>
    public static ImportCheckResult Run(
        PredictiveModel model, IReadOnlyList<double[]> rows, IReadOnlyList<double> expected, double tolerance)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(expected);
        if (rows.Count != expected.Count)
            throw new InvalidDataException($"{rows.Count} rows and {expected.Count} expected outputs.");
        var (absolute, relative, worst, beyond) = (0.0, 0.0, -1, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            var score = model.Score(rows[i]);
            // That a score cannot be said may be what was expected; else it is as far off as can be, and so is a score
            // where none was expected.
            if (double.IsNaN(score) && double.IsNaN(expected[i])) continue;
            var difference = Math.Abs(score - expected[i]);
            if (double.IsNaN(difference)) difference = double.PositiveInfinity;
            var size = double.IsFinite(expected[i]) ? Math.Abs(expected[i]) : 0;
            if (difference > absolute) (absolute, worst) = (difference, i);
            relative = Math.Max(relative, difference / Math.Max(Least, size));
            if (!(difference <= tolerance * Math.Max(1, size))) beyond++;
        }
        return new ImportCheckResult(rows.Count, absolute, relative, worst, beyond);
    }
}
