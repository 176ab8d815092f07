using System.Globalization;
using DToC.Twin.Consent;
using DToC.Twin.Models;

namespace DToC.Learn.Training;

/// <summary>
/// What was seen of each input, as a model keeps it: a range whose ends several customers have reached, rounded
/// outwards, so that no end is the value of a single one who may want to be forgotten.
/// </summary>
public static class SeenRanges
{
    /// <summary>
    /// The ranges of examples; no number where fewer than <see cref="DisclosureLimit.LeastCustomers"/> have a value.
    /// </summary>
    /// <param name="parts">Examples of the same inputs, with rows.</param>
    public static IReadOnlyList<InputRange> Of(IReadOnlyList<Examples> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        var ranges = new InputRange[parts[0].Inputs.Count];
        for (var c = 0; c < ranges.Length; c++)
        {
            var input = c;
            ranges[c] = Of(parts[0].Inputs[c], parts.SelectMany(part =>
                Enumerable.Range(0, part.Count).Select(row => (part.Customers[row], part.Row(row)[input]))));
        }
        return ranges;
    }

    /// <summary>
    /// The range of values; no number where fewer than <see cref="DisclosureLimit.LeastCustomers"/> have one.
    /// </summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="values">Values, each with the customer it is of.</param>
    internal static InputRange Of(string name, IEnumerable<(int Customer, double Value)> values)
    {
        var (least, greatest) = (new ReachedBy(), new ReachedBy());
        foreach (var (customer, value) in values)
        {
            least.Add(customer, -value);
            greatest.Add(customer, value);
        }
        return new InputRange(name, 0 - least.Value, greatest.Value);
    }
}

/// <summary>The greatest value that <see cref="DisclosureLimit.LeastCustomers"/> customers have reached.</summary>
internal sealed class ReachedBy
{
    private readonly List<(int Customer, double Value)> _greatest = [];
    private double _least;

    /// <summary>The value, up to the next of two digits; no number where fewer have any.</summary>
    public double Value =>
        _greatest.Count < DisclosureLimit.LeastCustomers ? double.NaN : Upwards(_least);

    /// <summary>Takes a customer's value; one that is no finite number is none.</summary>
    public void Add(int customer, double value)
    {
        if (!double.IsFinite(value) || (_greatest.Count == DisclosureLimit.LeastCustomers && value <= _least)) return;
        var place = 0;
        while (place < _greatest.Count && _greatest[place].Customer != customer) place++;
        if (place == _greatest.Count) _greatest.Add((customer, value));
        else if (value > _greatest[place].Value) _greatest[place] = (customer, value);
        if (_greatest.Count > DisclosureLimit.LeastCustomers) _greatest.Remove(_greatest.MinBy(seen => seen.Value));
        _least = _greatest.Min(seen => seen.Value);
    }

    private static double Upwards(double value)
    {
        if (value == 0) return 0; // that it may be -0 is nobody's business
        var rounded = Written(value);
        var step = Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 1);
        return rounded < value ? Written(rounded + step) : rounded;

        static double Written(double number) => double.Parse(
            number.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
