using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace DToC.Learn.Simulating;

/// <summary>What a search wants more of; of what is lost and who leaves it wants less.</summary>
public enum SearchMeasure
{
    /// <summary>Discounted margin.</summary>
    Value,

    /// <summary>Margin.</summary>
    Margin,

    /// <summary>Revenue.</summary>
    Revenue,

    /// <summary>Orders.</summary>
    Orders,

    /// <summary>Pieces.</summary>
    Units,

    /// <summary>Customers who are still there in the end.</summary>
    Active,

    /// <summary>Mean satisfaction.</summary>
    Satisfaction,
}

/// <summary>What a value of a lever must keep to, against doing nothing.</summary>
/// <param name="Measure">Of what.</param>
/// <param name="AtLeast">Least share of the baseline's that must be left: 0.95 for a twentieth less at most.</param>
/// <param name="Probability">Least share of worlds in which it must, above 0 and at most 1.</param>
public sealed record SearchConstraint(SearchMeasure Measure, double AtLeast, double Probability = 0.9);

/// <summary>The search for the best value of one number of one lever.</summary>
public sealed record LeverSearch
{
    /// <summary>Most values that are tried.</summary>
    public const int MostSteps = 31;

    /// <summary>Most constraints.</summary>
    public const int MostConstraints = 8;

    /// <summary>The lever, as in a scenario; what it says of <see cref="Parameter"/> does not count.</summary>
    public required JsonObject Lever { get; init; }

    /// <summary>The number of the lever that is searched: <c>factor</c>, <c>depth</c>, ...</summary>
    public required string Parameter { get; init; }

    /// <summary>Least value tried.</summary>
    public required double From { get; init; }

    /// <summary>Greatest value tried.</summary>
    public required double To { get; init; }

    /// <summary>Values tried, evenly from one to the other; 2 to <see cref="MostSteps"/>.</summary>
    public int Steps { get; init; } = 11;

    /// <summary>What there is to be more of.</summary>
    public SearchMeasure Measure { get; init; } = SearchMeasure.Value;

    /// <summary>What must be kept to.</summary>
    public IReadOnlyList<SearchConstraint> Constraints { get; init; } = [];

    /// <summary>The values tried, rising.</summary>
    [JsonIgnore]
    public IReadOnlyList<double> Values =>
        [.. Enumerable.Range(0, Steps).Select(i => Math.Round(From + (To - From) * i / (Steps - 1), 9))];

    /// <summary>Null when it can be run; else what is wrong and what would be right.</summary>
    public string? Problem() =>
        Steps is < 2 or > MostSteps ? $"search.steps is {Steps}; 2 to {MostSteps} values go"
        : !(double.IsFinite(From) && double.IsFinite(To) && From < To)
            ? $"search goes from {From} to {To}; the first must be less"
        : Parameter.Length == 0 || Parameter is "lever" or "from" or "until"
            ? $"search.parameter is '{Parameter}'; name a number of the lever such as factor or depth"
        : Constraints.Count > MostConstraints
            ? $"search has {Constraints.Count} constraints; {MostConstraints} at most go"
        : Constraints.Any(c => c.Probability is not (> 0 and <= 1) || !double.IsFinite(c.AtLeast))
            ? "a constraint of search wants atLeast, a share of the baseline, and a probability above 0 and at most 1"
        : null;

    /// <summary>The scenarios it is: one a value, named for it.</summary>
    public byte[] ToScenarios()
    {
        var scenarios = new JsonArray();
        foreach (var value in Values)
        {
            var lever = (JsonObject)Lever.DeepClone();
            // A whole number is written as one: some levers count in steps.
            lever[Parameter] = value == Math.Floor(value) && Math.Abs(value) < 1e9 ? (long)value : value;
            scenarios.Add(new JsonObject
            {
                ["name"] = NameOf(value), ["levers"] = new JsonArray(lever),
            });
        }
        return Encoding.UTF8.GetBytes(scenarios.ToJsonString(new JsonSerializerOptions()));
    }

    private string NameOf(double value) => string.Create(CultureInfo.InvariantCulture, $"{Parameter} {value:R}");
}
