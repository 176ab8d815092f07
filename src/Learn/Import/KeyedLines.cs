using System.Globalization;

namespace DToC.Learn.Import;

/// <summary>A block of lines <c>key=value</c>, as LightGBM writes header and trees.</summary>
internal sealed class KeyedLines
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly string _place;

    /// <summary>Of a place, for errors.</summary>
    public KeyedLines(string place) => _place = place;

    /// <summary>Adds a line.</summary>
    /// <exception cref="InvalidDataException">Its key is not known, or is there already.</exception>
    public void Add(string line, string[] known)
    {
        var sign = line.IndexOf('=');
        var key = sign < 0 ? line : line[..sign];
        if (!known.Contains(key, StringComparer.Ordinal))
        {
            throw new InvalidDataException(
                $"{_place}: '{Shown(key)}' is not known. Known are {string.Join(", ", known)}.");
        }
        if (!_values.TryAdd(key, sign < 0 ? "" : line[(sign + 1)..]))
            throw new InvalidDataException($"{_place}: '{key}' is there twice.");
    }

    /// <summary>Whether there is such a line.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>Its value.</summary>
    public string Text(string key) => _values.TryGetValue(key, out var value)
        ? value
        : throw new InvalidDataException($"{_place}: '{key}' is missing.");

    /// <summary>A whole number within bounds.</summary>
    public int Integer(string key, int min, int max) => (int)WholeOf(key, Text(key), min, max);

    /// <summary>Whole numbers within bounds, as many as told.</summary>
    public int[] Integers(string key, int count, int min, int max) =>
        [.. Words(key, count).Select(word => (int)WholeOf(key, word, min, max))];

    /// <summary>Words of 32 bits, as many as told.</summary>
    public uint[] Bits(string key, int count) =>
        [.. Words(key, count).Select(word => (uint)WholeOf(key, word, 0, uint.MaxValue))];

    /// <summary>Numbers, as many as told.</summary>
    public double[] Numbers(string key, int count) => [.. Words(key, count).Select(word => NumberOf(key, word))];

    /// <summary>Numbers, as many as told, or none when there is no such line or it is empty.</summary>
    public double[] NumbersOrNone(string key, int count) =>
        !_values.TryGetValue(key, out var value) || string.IsNullOrWhiteSpace(value) ? [] : Numbers(key, count);

    private string[] Words(string key, int count)
    {
        var words = Text(key).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length == count
            ? words
            : throw new InvalidDataException($"{_place}: '{key}' has {words.Length} numbers; it must have {count}.");
    }

    private long WholeOf(string key, string word, long min, long max) =>
        long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        && number >= min && number <= max
            ? number
            : throw new InvalidDataException(
                $"{_place}: '{key}' has '{Shown(word)}'; it must be a whole number from {min} to {max}.");

    private double NumberOf(string key, string word) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : throw new InvalidDataException($"{_place}: '{key}' has '{Shown(word)}'; it must be a finite number.");

    private static string Shown(string text) => text.Length > 40 ? text[..40] + "..." : text;
}
