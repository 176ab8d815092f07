using DToC.Twin.Definitions;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Plan;

namespace DToC.Twin.Simulation;

/// <summary>
/// The numbers that premises rest on, one after another: what is assumed of the population, elasticities of categories,
/// parameters of the models of purchases, spend and prices.
/// </summary>
internal static class AssumptionList
{
    private const double Smallest = 1e-12;
    private const int Slope = 1;

    private static readonly string[] SpendNames = ["p", "q", "v"];

    public static IReadOnlyList<Assumption> Of(Premises premises) =>
        [.. Entries(premises).Select(entry => entry.Assumption)];

    public static Premises With(Premises premises, int index, double value) =>
        Entries(premises).ElementAt(index).With(value);

    private static IEnumerable<(Assumption Assumption, Func<double, Premises> With)> Entries(Premises premises) =>
    [
        .. OfPopulation(premises), .. OfCategories(premises), .. OfOffers(premises), .. OfPurchases(premises),
        .. OfSpend(premises), .. OfPrices(premises),
    ];

    private static IEnumerable<(Assumption, Func<double, Premises>)> OfPopulation(Premises premises)
    {
        for (var i = 0; i < premises.Assumed.Count; i++)
        {
            var (plan, at) = (premises.Assumed[i], i);
            if (double.IsNaN(plan.Value) || !IsRead(plan.Trait.Kind, premises)) continue;
            yield return (
                Of(plan, ModelFields.Written(plan.Trait.Kind)),
                value => premises.With([.. premises.Assumed.Select((p, j) => j == at ? p with { Value = value } : p)]));
        }
    }

    // What a model says is not asked for beside it.
    private static bool IsRead(AssumptionKind kind, Premises premises) => kind switch
    {
        AssumptionKind.OrderValue => premises.Spend is null,
        AssumptionKind.PriceOnUnits => premises.Prices is null,
        AssumptionKind.LeavingPerWeek => premises.Purchases.Leaving == Leaving.Never,
        _ => true,
    };

    private static IEnumerable<(Assumption, Func<double, Premises>)> OfCategories(Premises premises)
    {
        for (var i = 0; i < premises.Categories.Count; i++)
        {
            var (category, at) = (premises.Categories[i], i);
            if (category.Elasticity is not { } elasticity) continue;
            yield return (
                Of(elasticity, $"categories.{category.Name}.elasticity"),
                value => premises.With(
                    [.. premises.Categories.Select((c, j) => j == at
                        ? c with { Elasticity = elasticity with { Value = value } }
                        : c)]));
        }
    }

    private static IEnumerable<(Assumption, Func<double, Premises>)> OfOffers(Premises premises)
    {
        for (var i = 0; i < premises.Offers.Count; i++)
        {
            var (effect, at) = (premises.Offers[i], i);
            if (effect.Orders is not { } orders) continue;
            yield return (
                Of(orders, $"offers.{premises.Plan.Decisions.Offers[i].Name}.orders"),
                value => premises.With(
                    [.. premises.Offers.Select((o, j) => j == at
                        ? o with { Orders = orders with { Value = value } }
                        : o)]));
        }
    }

    private static IEnumerable<(Assumption, Func<double, Premises>)> OfPurchases(Premises premises)
    {
        var model = premises.Purchases;
        for (var i = 0; i < model.ParameterNames.Count; i++)
        {
            var at = i;
            yield return (
                OfParameter(
                    "purchases", model.ParameterNames[i], model.Parameters[i], i, model.Covariance,
                    premises.IsFitted(premises.Simulation.Purchases), model.Kind),
                value => premises.With(model.With(Replaced(model.Parameters, at, value), model.Covariance)));
        }
    }

    private static IEnumerable<(Assumption, Func<double, Premises>)> OfSpend(Premises premises)
    {
        if (premises.Spend is not { } spend) yield break;
        double[] parameters = [spend.Model.P, spend.Model.Q, spend.Model.V];
        for (var i = 0; i < parameters.Length; i++)
        {
            var at = i;
            yield return (
                OfParameter(
                    "spend", SpendNames[i], parameters[i], i, spend.Covariance,
                    premises.IsFitted(premises.Simulation.Spend), SpendForecast.KindWord),
                value => premises.With(SpendOf(Replaced(parameters, at, value), spend.Covariance)));
        }
    }

    private static IEnumerable<(Assumption, Func<double, Premises>)> OfPrices(Premises premises)
    {
        if (premises.Prices is not { } prices) yield break;
        var size = prices.Mean.Length;
        var variance = prices.MeanCovariance is { } known ? known[Slope * size + Slope] : 0;
        var trait = AssumptionTrait.Of(AssumptionKind.PriceOnUnits);
        yield return (
            new Assumption(
                "prices.elasticity", prices.Mean[Slope], Math.Sqrt(variance),
                SourceOf(premises.IsFitted(premises.Simulation.Prices)),
                "Mean elasticity of the pieces of an order over customers.", null, trait.Least, trait.Most),
            value => premises.With(new PriceSensitivity(
                prices.Inputs, Replaced(prices.Mean, Slope, value), prices.Covariance, prices.NoiseVariance,
                prices.MeanCovariance?.ToArray())));
    }

    public static SpendParameters SpendOf(ReadOnlySpan<double> parameters, LogCovariance? covariance) =>
        new(new GammaGamma(parameters[0], parameters[1], parameters[2]), covariance);

    private static Assumption Of(AssumptionPlan plan, string name) => new(
        name, plan.Value, plan.StandardError, plan.Source, plan.Trait.Says, plan.Note, plan.Trait.Least,
        plan.Trait.Most);

    // The covariance is of logarithms: of the parameter itself it is the parameter's square times that, to first order.
    private static Assumption OfParameter(
        string model, string name, double value, int at, LogCovariance? covariance, bool isFitted, string kind)
    {
        var deviation = covariance is null ? 0 : Math.Sqrt(covariance.Values[at * covariance.Parameters + at]);
        return new Assumption(
            $"{model}.{name}", value, value * deviation, SourceOf(isFitted), $"Parameter {name} of the {kind} model.",
            null, Smallest, BgNbd.MaxParameter);
    }

    private static AssumptionSource SourceOf(bool isFitted) =>
        isFitted ? AssumptionSource.Fitted : AssumptionSource.Stated;

    private static double[] Replaced(ReadOnlySpan<double> values, int at, double value)
    {
        var replaced = values.ToArray();
        replaced[at] = value;
        return replaced;
    }
}
