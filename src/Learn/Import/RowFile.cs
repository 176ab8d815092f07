using System.Globalization;

namespace DToC.Learn.Import;

/// <summary>
/// Rows of numbers in a text: columns parted by commas, tabs, semicolons or blanks, with or without a line of names; or
/// libsvm, <c>label place:value place:value</c>, told by its colons.
/// </summary>
/// <param name="Names">The names of the columns; none when the first line is numbers.</param>
/// <param name="Rows">The values; NaN where a field is empty, or not there in libsvm.</param>
public sealed record RowFile(IReadOnlyList<string> Names, IReadOnlyList<double[]> Rows)
{
    /// <summary>Most values of all rows together.</summary>
    public const int MaxValues = 50_000_000;

    private static readonly string[] Missing = ["", "NA", "na", "N/A", "null", "NULL", "?"];

    /// <summary>Reads rows.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">Columns that rows of libsvm have; 0 takes as many as are named in some row.</param>
    /// <param name="absent">What stands for a place that a row of libsvm does not name.</param>
    /// <exception cref="InvalidDataException">A line is not understood.</exception>
    public static RowFile Read(string text, int width = 0, double absent = double.NaN)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n').Select(line => line.Trim('\r', ' ')).Where(line => line.Length > 0).ToList();
        if (lines.Count == 0) return new RowFile([], []);
        if (lines[0].Contains(':')) return new RowFile([], Sparse(lines, width, absent));
        var mark = lines[0].Contains('\t') ? '\t' : lines[0].Contains(',') ? ',' : lines[0].Contains(';') ? ';' : ' ';
        var names = lines[0].Split(mark, StringSplitOptions.TrimEntries);
        if (names.All(name => IsNumber(name, out _))) names = [];
        var rows = new List<double[]>();
        for (var i = names.Length > 0 ? 1 : 0; i < lines.Count; i++) rows.Add(Dense(lines[i], i, mark));
        if (rows.FindIndex(row => row.Length != rows[0].Length) is >= 0 and var odd)
            throw new InvalidDataException($"Row {odd + 1} has {rows[odd].Length} values, the first {rows[0].Length}.");
        return new RowFile(names, rows);
    }

    /// <summary>
    /// The rows as a model's inputs: by name where columns have names, else the first columns in their order.
    /// </summary>
    /// <exception cref="InvalidDataException">A column is missing.</exception>
    public IReadOnlyList<double[]> For(IReadOnlyList<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var places = new int[inputs.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = Names.Count == 0 ? i : Names.ToList().IndexOf(inputs[i]);
            if (places[i] < 0) throw new InvalidDataException($"There is no column '{inputs[i]}'.");
        }
        if (Rows.Count > 0 && places.Any(place => place >= Rows[0].Length))
            throw new InvalidDataException($"Rows have {Rows[0].Length} values; the model has {inputs.Count} inputs.");
        return [.. Rows.Select(row => places.Select(place => row[place]).ToArray())];
    }

    private static double[] Dense(string line, int at, char mark)
    {
        var options = mark == ' ' ? StringSplitOptions.RemoveEmptyEntries : StringSplitOptions.TrimEntries;
        var words = line.Split(mark, options);
        var row = new double[words.Length];
        for (var i = 0; i < row.Length; i++)
        {
            if (!IsNumber(words[i], out row[i]))
                throw new InvalidDataException($"Line {at + 1}: '{words[i]}' is no number.");
        }
        return row;
    }

    private static List<double[]> Sparse(List<string> lines, int width, double absent)
    {
        var read = lines.Select(Pairs).ToList();
        var most = read.SelectMany(pairs => pairs).Select(pair => pair.Place + 1).DefaultIfEmpty(0).Max();
        if (width == 0) width = most;
        if ((long)width * read.Count > MaxValues)
            throw new InvalidDataException($"{read.Count} rows of {width} values; at most {MaxValues} values go.");
        return read.ConvertAll(pairs =>
        {
            var row = new double[width];
            Array.Fill(row, absent);
            foreach (var (place, value) in pairs)
            {
                if (place < width) row[place] = value;
            }
            return row;
        });
    }

    private static List<(int Place, double Value)> Pairs(string line, int at)
    {
        var pairs = new List<(int, double)>();
        foreach (var word in line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Skip(1))
        {
            var colon = word.IndexOf(':');
            var value = double.NaN;
            var isPair = int.TryParse(
                word[..Math.Max(0, colon)], NumberStyles.None, CultureInfo.InvariantCulture, out var place)
                && place < MaxValues && IsNumber(word[(colon + 1)..], out value);
            if (!isPair) throw new InvalidDataException($"Line {at + 1}: '{word}' is no place:value.");
            pairs.Add((place, value));
        }
        return pairs;
    }

    private static bool IsNumber(string word, out double value)
    {
        value = double.NaN;
        return Missing.Contains(word, StringComparer.Ordinal)
            || double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
