using DToC.Learn.Propensity;

namespace DToC.Learn.Training;

/// <summary>Forecasts to be made as of one moment, with what came true.</summary>
public sealed class Examples(IReadOnlyList<string> inputs)
{
    private readonly List<double[]> _rows = [];
    private readonly List<double> _outcomes = [];
    private readonly List<double> _before = [];
    private readonly List<double> _scores = [];

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Inputs { get; } = inputs;

    /// <summary>How many there are.</summary>
    public int Count => _rows.Count;

    /// <summary>What came true in the horizon after the moment, one a row.</summary>
    public IReadOnlyList<double> Outcomes => _outcomes;

    /// <summary>What had come true in the horizon before: the naive forecast of the same again.</summary>
    public IReadOnlyList<double> Before => _before;

    /// <summary>What the model in force says as of the moment, one a row; NaN where it says nothing.</summary>
    public IReadOnlyList<double> Scores => _scores;

    /// <summary>Adds a customer.</summary>
    /// <param name="row">One value an input; kept.</param>
    /// <param name="outcome">What came true after.</param>
    /// <param name="before">What had come true before; NaN when that is no longer kept.</param>
    /// <param name="score">What the model in force says.</param>
    public void Add(double[] row, double outcome, double before, double score)
    {
        _rows.Add(row);
        _outcomes.Add(outcome);
        _before.Add(before);
        _scores.Add(score);
    }

    /// <summary>One row, as a model takes it.</summary>
    public ReadOnlySpan<double> Row(int row) => _rows[row];

    /// <summary>The rows as columns.</summary>
    public TrainingTable ToTable() => Table([this]);

    /// <summary>The rows of several as columns, one after the other.</summary>
    public static TrainingTable Table(IReadOnlyList<Examples> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var table = new TrainingTable(parts.Sum(part => part.Count));
        for (var c = 0; c < parts[0].Inputs.Count; c++)
        {
            var column = c;
            table.AddNumbers(parts[0].Inputs[c], [.. parts.SelectMany(part => part._rows.Select(r => r[column]))]);
        }
        return table;
    }
}
