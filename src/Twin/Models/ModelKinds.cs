using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.Calibration;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Frustration;
using DToC.Twin.Models.Linear;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Models.Trees;

namespace DToC.Twin.Models;

/// <summary>Makes a model of a kind from its inputs and its stored parameters.</summary>
/// <exception cref="InvalidDataException">They do not make one; the message says why.</exception>
public delegate PredictiveModel ModelMaker(IReadOnlyList<string> inputs, ModelFields parameters);

/// <summary>The kinds of models there are, by the word of their stored form.</summary>
public static class ModelKinds
{
    private static readonly Dictionary<string, ModelMaker> Makers = new(StringComparer.Ordinal)
    {
        [LinearModel.KindWord] = LinearModel.Read,
        [Logistic.KindWord] = Logistic.Read,
        [BgNbd.KindWord] = PurchaseForecast<BgNbd>.Read,
        [MbgNbd.KindWord] = PurchaseForecast<MbgNbd>.Read,
        [ParetoNbd.KindWord] = PurchaseForecast<ParetoNbd>.Read,
        [BgBb.KindWord] = PurchaseForecast<BgBb>.Read,
        [Nbd.KindWord] = PurchaseForecast<Nbd>.Read,
        [SpendForecast.KindWord] = SpendForecast.Read,
        [HazardForecast.KindWord] = HazardForecast.Read,
        [RetentionForecast.KindWord] = RetentionForecast.Read,
        [Calibrated.KindWord] = Calibrated.Read,
        [Uncertain.KindWord] = Uncertain.Read,
        [TreeEnsemble.KindWord] = TreeEnsemble.Read,
        [FrustrationModel.KindWord] = FrustrationModel.Read,
        [PriceSensitivity.KindWord] = PriceSensitivity.Read,
        [PromotionResponse.KindWord] = PromotionResponse.Read,
        [SatisfactionModel.KindWord] = SatisfactionModel.Read,
        [AffinityModel.KindWord] = AffinityModel.Read,
        [TransitionForecast.EventsWord] = TransitionForecast.ReadEvents,
        [TransitionForecast.StagesWord] = TransitionForecast.ReadStages,
    };

    /// <summary>The words, sorted.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Makers.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Makes a model.</summary>
    /// <exception cref="InvalidDataException">The kind is not known, or the parameters are not right.</exception>
    public static PredictiveModel Make(string kind, IReadOnlyList<string> inputs, ModelFields parameters)
    {
        if (!Makers.TryGetValue(kind, out var maker))
        {
            var guess = NearestName.Of(kind, Words) is { } near ? $"; did you mean '{near}'?" : "";
            throw new InvalidDataException(
                $"There is no kind of model '{kind}'{guess} Known are {string.Join(", ", Words)}.");
        }
        try
        {
            var model = maker(inputs, parameters);
            parameters.End();
            return model;
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"{parameters.Path}: {ArgumentWords.Of(wrong)}", wrong);
        }
    }
}
