using DToC.Twin.Models;
using DToC.Twin.Tests.Models.CustomerBase;

namespace DToC.Twin.Tests.Models;

/// <summary>A model of each kind and output, for the battery; with vectors it is meant for.</summary>
internal static class SampleModels
{
    public static IReadOnlyDictionary<string, SampleModel> All { get; } =
        Own.Concat(CustomerBaseSamples.All).ToDictionary();

    private static IEnumerable<KeyValuePair<string, SampleModel>> Own => new Dictionary<string, SampleModel>
    {
        ["logistic"] = new(
            new Logistic(
                -1, [new("visits", 2, 10, 4), new("age", -0.5), new("calls", 1, 5, WhenMissing: 8)],
                [0.2, 0, 0, 0.01, 0, 0.1, 0, 0, 0, 0, 0.1, 0, 0.01, 0, 0, 0.1]),
            [12, 1, 6], [8, 0, 5], [3, 2, double.NaN]),
        ["logistic without covariance"] = new(new Logistic(0.5, [new("visits", 2)]), [1], [-2]),
    };
}

/// <summary>A model and vectors it is meant for.</summary>
internal sealed record SampleModel(PredictiveModel Model, params double[][] Vectors);
