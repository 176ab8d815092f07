using DToC.Twin.Models;

namespace DToC.Learn.Propensity;

/// <summary>
/// Rows to learn from: columns by name, each of doubles, NaN where a value is missing. The columns are the inputs of
/// the models that are fitted, under the same names and in the same order.
/// </summary>
/// <remarks>
/// A category is one-hot: a column for each of its levels, named <c>column=level</c>, 1 for a row of that level and 0
/// for the others. So the names of a model's inputs hold the dictionary, a level that training never saw is 0 in all
/// of them, and a row of which the category is not known is NaN in all.
/// </remarks>
public sealed class TrainingTable
{
    private readonly List<string> _names = [];
    private readonly List<double[]> _columns = [];

    /// <summary>A table of so many rows and no columns yet.</summary>
    public TrainingTable(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        Rows = rows;
    }

    /// <summary>How many rows.</summary>
    public int Rows { get; }

    /// <summary>Names of the columns, in order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Values of a column, one a row; NaN where missing.</summary>
    public ReadOnlySpan<double> Column(int column) => _columns[column];

    /// <summary>Adds a column of numbers; they are copied, infinite ones as missing.</summary>
    /// <exception cref="ArgumentException">There are not as many as rows, or the name is there.</exception>
    public TrainingTable AddNumbers(string name, IReadOnlyList<double> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count != Rows)
            throw new ArgumentException($"'{name}' has {values.Count} values for {Rows} rows.", nameof(values));
        if (_names.Contains(name, StringComparer.Ordinal))
            throw new ArgumentException($"There is a column '{name}' already.", nameof(name));
        _names.Add(name);
        _columns.Add([.. values.Select(value => double.IsFinite(value) ? value : double.NaN)]);
        return this;
    }

    /// <summary>
    /// Adds a category: a column for each level, in the order of their characters; null or empty where it is missing.
    /// </summary>
    /// <param name="name">Name of the category.</param>
    /// <param name="values">One a row.</param>
    /// <param name="levels">Levels to have columns, those in the values unless given.</param>
    /// <exception cref="ArgumentException">There are not as many as rows, or a name is there.</exception>
    public TrainingTable AddCategory(
        string name, IReadOnlyList<string?> values, IReadOnlyList<string>? levels = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        levels ??=
        [
            .. values.OfType<string>().Where(value => value.Length > 0)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
        foreach (var level in levels)
        {
            AddNumbers($"{name}={level}",
                [.. values.Select(v => string.IsNullOrEmpty(v) ? double.NaN : v == level ? 1.0 : 0)]);
        }
        return this;
    }

    /// <summary>A table of some of the rows, in the order given.</summary>
    public TrainingTable Of(ReadOnlySpan<int> rows)
    {
        var part = new TrainingTable(rows.Length);
        for (var c = 0; c < _columns.Count; c++)
        {
            var values = new double[rows.Length];
            for (var i = 0; i < values.Length; i++) values[i] = _columns[c][rows[i]];
            part._names.Add(_names[c]);
            part._columns.Add(values);
        }
        return part;
    }

    /// <summary>Writes a row, as a model of these inputs takes it.</summary>
    /// <param name="row">Its place.</param>
    /// <param name="into">At least as many values as there are columns.</param>
    public void Row(int row, Span<double> into)
    {
        for (var c = 0; c < _columns.Count; c++) into[c] = _columns[c][row];
    }

    /// <summary>The scores a model gives the rows.</summary>
    /// <exception cref="ArgumentException">Its inputs are not the columns.</exception>
    public double[] Scores(PredictiveModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Inputs.SequenceEqual(_names, StringComparer.Ordinal))
            throw new ArgumentException("The model's inputs are not the columns of the table.", nameof(model));
        var inputs = new double[_columns.Count];
        var scores = new double[Rows];
        for (var row = 0; row < Rows; row++)
        {
            Row(row, inputs);
            scores[row] = model.Score(inputs);
        }
        return scores;
    }
}
