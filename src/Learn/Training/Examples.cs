using DToC.Learn.Propensity;

namespace DToC.Learn.Training;

/// <summary>Forecasts to be made as of one moment, with what came true.</summary>
/// <param name="inputs">Names of the inputs.</param>
/// <param name="hasRows">Whether the inputs' values are kept; outcomes are in any case.</param>
public sealed class Examples(IReadOnlyList<string> inputs, bool hasRows = true)
{
    private readonly List<double[]> _rows = [];
    private readonly List<int> _customers = [];
    private readonly List<double> _outcomes = [];
    private readonly List<double> _before = [];
    private readonly List<double> _scores = [];

    /// <summary>Names of the inputs.</summary>
    public IReadOnlyList<string> Inputs { get; } = inputs;

    /// <summary>Whether the inputs' values are kept.</summary>
    public bool HasRows => hasRows;

    /// <summary>How many there are.</summary>
    public int Count => _outcomes.Count;

    /// <summary>Whose they are, one a row: the same number in all examples of a reading is the same customer.</summary>
    public IReadOnlyList<int> Customers => _customers;

    /// <summary>What came true in the horizon after the moment, one a row.</summary>
    public IReadOnlyList<double> Outcomes => _outcomes;

    /// <summary>What had come true in the horizon before: the naive forecast of the same again.</summary>
    public IReadOnlyList<double> Before => _before;

    /// <summary>What the model in force says as of the moment, one a row; NaN where it says nothing.</summary>
    public IReadOnlyList<double> Scores => _scores;

    /// <summary>Adds a customer.</summary>
    /// <param name="customer">A number of the customer's own.</param>
    /// <param name="row">One value an input; kept where rows are.</param>
    /// <param name="outcome">What came true after.</param>
    /// <param name="before">What had come true before; NaN when that is no longer kept.</param>
    /// <param name="score">What the model in force says.</param>
    public void Add(int customer, double[] row, double outcome, double before, double score)
    {
        if (hasRows) _rows.Add(row);
        _customers.Add(customer);
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
        // One column at a time is there twice, as the table copies it.
        var values = new double[table.Rows];
        for (var c = 0; c < parts[0].Inputs.Count; c++)
        {
            var at = 0;
            foreach (var part in parts)
            {
                foreach (var row in part._rows) values[at++] = row[c];
            }
            table.AddNumbers(parts[0].Inputs[c], values);
        }
        return table;
    }
}
