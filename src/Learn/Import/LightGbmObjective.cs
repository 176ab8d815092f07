using System.Globalization;
using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>What LightGBM's objectives make of a margin (<c>ConvertOutput</c> in its source).</summary>
internal static class LightGbmObjective
{
    private static readonly Dictionary<string, MarginLink> Links = new(StringComparer.Ordinal)
    {
        ["regression"] = MarginLink.Identity,
        ["regression_l1"] = MarginLink.Identity,
        ["huber"] = MarginLink.Identity,
        ["fair"] = MarginLink.Identity,
        ["quantile"] = MarginLink.Identity,
        ["mape"] = MarginLink.Identity,
        ["lambdarank"] = MarginLink.Identity,
        ["rank_xendcg"] = MarginLink.Identity,
        ["custom"] = MarginLink.Identity,
        ["poisson"] = MarginLink.Exp,
        ["gamma"] = MarginLink.Exp,
        ["tweedie"] = MarginLink.Exp,
        ["binary"] = MarginLink.Sigmoid,
        ["cross_entropy"] = MarginLink.Sigmoid,
        ["multiclassova"] = MarginLink.Sigmoid,
        ["multiclass"] = MarginLink.Softmax,
    };

    // What no score depends on.
    private static readonly string[] Silent = ["alpha", "fair_c", "tweedie_variance_power", "max_delta_step"];

    /// <summary>Link and factor of an objective, for example <c>binary sigmoid:1</c>.</summary>
    /// <exception cref="InvalidDataException">It is not known.</exception>
    public static (MarginLink Link, double Factor) Read(string objective, int classes)
    {
        var words = objective.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || !Links.TryGetValue(words[0], out var link))
        {
            throw new InvalidDataException(
                $"objective: '{objective}' is not known. Known are {string.Join(", ", Links.Keys)}.");
        }
        var factor = 1.0;
        foreach (var word in words.Skip(1))
        {
            var (name, value) = word.Split(':') is [var n, var v] ? (n, v) : (word, "");
            if (name == "sigmoid") factor = Number(objective, value);
            else if (name == "num_class" && Number(objective, value) == classes) continue;
            else if (!Silent.Contains(name, StringComparer.Ordinal))
                throw new InvalidDataException($"objective: '{word}' of '{objective}' is not known.");
        }
        return (link, factor);
    }

    private static double Number(string objective, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"objective: '{text}' of '{objective}' is no number.");
}
