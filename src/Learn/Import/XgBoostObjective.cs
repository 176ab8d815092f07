using DToC.Twin.Models;

namespace DToC.Learn.Import;

/// <summary>
/// What XGBoost's objectives make of a margin, and of the base score, which files since 1.0 hold on the scale of the
/// prediction (<c>PredTransform</c> and <c>ProbToMargin</c> in its source).
/// </summary>
/// <param name="Link">How a margin becomes the prediction.</param>
/// <param name="Base">How the base score becomes a margin: the inverse of this link.</param>
internal sealed record XgBoostObjective(MarginLink Link, MarginLink Base)
{
    private static readonly XgBoostObjective Value = new(MarginLink.Identity, MarginLink.Identity);
    private static readonly XgBoostObjective Probability = new(MarginLink.Sigmoid, MarginLink.Sigmoid);
    private static readonly XgBoostObjective Logarithm = new(MarginLink.Exp, MarginLink.Exp);
    private static readonly XgBoostObjective Class = new(MarginLink.Softmax, MarginLink.Identity);

    private static readonly Dictionary<string, XgBoostObjective> All = new(StringComparer.Ordinal)
    {
        ["reg:squarederror"] = Value,
        ["reg:linear"] = Value,
        ["reg:squaredlogerror"] = Value,
        ["reg:pseudohubererror"] = Value,
        ["reg:absoluteerror"] = Value,
        ["reg:quantileerror"] = Value,
        ["reg:expectileerror"] = Value,
        ["rank:pairwise"] = Value,
        ["rank:ndcg"] = Value,
        ["rank:map"] = Value,
        ["reg:logistic"] = Probability,
        ["binary:logistic"] = Probability,
        ["binary:logitraw"] = new(MarginLink.Identity, MarginLink.Sigmoid),
        ["count:poisson"] = Logarithm,
        ["reg:gamma"] = Logarithm,
        ["reg:tweedie"] = Logarithm,
        ["survival:cox"] = Logarithm,
        ["survival:aft"] = Logarithm,
        ["multi:softprob"] = Class,
        ["multi:softmax"] = Class,
    };

    /// <summary>An objective by name.</summary>
    /// <exception cref="InvalidDataException">It is not known.</exception>
    public static XgBoostObjective Of(string name) => All.TryGetValue(name, out var objective)
        ? objective
        : throw new InvalidDataException(
            $"objective: '{name}' is not known. Known are {string.Join(", ", All.Keys)}.");

    /// <summary>The margin of a base score.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public double MarginOf(double score)
    {
        var margin = Base switch
        {
            MarginLink.Sigmoid => -Math.Log(1 / score - 1),
            MarginLink.Exp => Math.Log(score),
            _ => score,
        };
        return double.IsFinite(margin)
            ? (float)margin
            : throw new InvalidDataException($"base_score: {score} has no margin on the objective's scale.");
    }
}
