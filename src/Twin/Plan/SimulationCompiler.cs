using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Models;
using DToC.Twin.Models.Affinity;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Models.Pricing;
using DToC.Twin.Models.Satisfaction;
using DToC.Twin.Models.Transitions;
using DToC.Twin.Rules;
using ValueType = DToC.Twin.Rules.ValueType;

namespace DToC.Twin.Plan;

/// <summary>
/// Compiles what simulations rest on. That a name leads nowhere is an error of the definition; that a fitted model of
/// another kind stands behind it is none, but then nothing can be simulated.
/// </summary>
internal sealed class SimulationCompiler(
    Definition definition, VectorLinks links, ConsentPlan consent, IReadOnlyList<ModelPlan> models,
    FeatureRead[] features, EventSchema schema, CompileErrors errors)
{
    private const string Root = "simulation";

    private readonly List<string> _unusable = [];

    public SimulationPlan? Compile(DecisionPlan decisions)
    {
        if (definition.Simulation is not { } simulation) return null;
        var purchases = Slot(simulation.Purchases, "purchases");
        var (spend, prices) = (Slot(simulation.Spend, "spend"), Slot(simulation.Prices, "prices"));
        var (satisfaction, affinity) = (
            Slot(simulation.Satisfaction, "satisfaction"), Slot(simulation.Affinity, "affinity"));
        Want<PurchaseForecast>(purchases, "bgnbd, or a purchase process that was fitted");
        Want<SpendForecast>(spend, "gammaGamma");
        Want<PriceSensitivity>(prices, "priceSensitivity");
        Want<SatisfactionModel>(satisfaction, "satisfaction");
        // Of those still to be fitted nothing is known yet: levers that need one say so.
        if (!Is<AffinityModel>(affinity)) affinity = -1;
        var nextStage = Slot(simulation.NextStage, "nextStage");
        if (!Is<TransitionForecast>(nextStage)) nextStage = -1;
        var assumptions = Assumptions(simulation);
        var (observed, isLiftWhole) = (simulation.Observed, false);
        var promotions = Slot(simulation.Promotions, "promotions");
        if (promotions >= 0 && models[promotions] is ModelPlan.OfModel { Model: PromotionResponse response })
        {
            FittedPromotions.Take(models[promotions].Name, response, assumptions);
            (observed, isLiftWhole) = (FittedPromotions.Observed(response, observed), true);
        }
        else if (promotions >= 0 && models[promotions] is not ModelPlan.ToBeFitted)
        {
            Want<PromotionResponse>(promotions, "promotion-response");
        }
        var categories = Categories(simulation);
        if (simulation.Spend is null && !assumptions[(int)AssumptionKind.OrderValue].IsSaid)
        {
            errors.Add(simulation.At, Root, "Nothing says what an order is worth",
                "Name a gammaGamma model as \"spend\", or add assumptions.orderValue");
        }
        int[] read = [.. new[] { purchases, spend, prices, satisfaction, affinity }.Where(slot => slot >= 0)];
        var needs = RuleNeeds.Of(
            features, models, links.Numbers, links.TextNames.Length, assumptions.Select(a => a.Own),
            slots: [.. read.SelectMany(slot => models[slot].Reads)]);
        var (purchase, unitDays) = HistoryOf(purchases);
        return new SimulationPlan
        {
            Purpose = Math.Max(
                0, errors.Slot(simulation.Purpose, consent.Purposes, $"{Root}.purpose", "purpose")),
            Purchases = purchases,
            Spend = spend,
            Prices = prices,
            Satisfaction = satisfaction,
            Affinity = affinity,
            NextStage = nextStage,
            Purchase = purchase,
            Returned = Event(simulation.Returned, "returned", wantsSignal: true),
            Contact = Event(simulation.Contact, "contact", wantsSignal: false),
            Answered = Event(simulation.Answered, "answered", wantsSignal: true),
            Offers = Offers(simulation, decisions),
            UnitDays = unitDays,
            Assumptions = assumptions,
            Categories = categories,
            Observed = observed,
            IsLiftWhole = isLiftWhole,
            Features = needs.Features,
            Models = needs.Models,
            Texts = needs.Texts,
            Unusable = _unusable.Count == 0 ? null : _unusable[0],
        };
    }

    private int Slot(Named? name, string key) => name is { } given
        ? errors.Slot(given, [.. models.Select(m => m.Name)], $"{Root}.{key}", "model")
        : -1;

    private void Want<TModel>(int slot, string kind)
        where TModel : PredictiveModel
    {
        if (slot < 0 || Is<TModel>(slot)) return;
        _unusable.Add($"The model '{models[slot].Name}', which simulations rest on, is of kind {models[slot].Kind}. "
            + $"It must be of kind {kind}: train it so, or take the fitted one away.");
    }

    private bool Is<TModel>(int slot)
        where TModel : PredictiveModel => slot >= 0 && models[slot] is ModelPlan.OfModel { Model: TModel };

    private (SimulatedEventPlan? Purchase, double UnitDays) HistoryOf(int purchases)
    {
        if (purchases < 0 || models[purchases] is not ModelPlan.OfModel { Model: PurchaseForecast }) return (null, 7);
        var reads = models[purchases].Reads;
        var history = reads[0] < features.Length ? features[reads[0]] : null;
        for (var part = 0; part < 3; part++)
        {
            if (history is { Kind: FeatureKind.PurchaseHistory, Operand: 0 } && reads[part] == reads[0] + part)
                continue;
            _unusable.Add($"The model '{models[purchases].Name}', which simulations rest on, does not read x, t_x "
                + "and T of one feature of kind purchaseHistory. Train it on one.");
            return (null, 7);
        }
        var name = history!.Name[..history.Name.IndexOf('.', StringComparison.Ordinal)]; // matched above
        var of = definition.Features.First(f => f.Name == name).Of[0];
        return (Event(of, "purchases", wantsSignal: true), history.UnitDays);
    }

    private SimulatedEventPlan? Event(Named? name, string key, bool wantsSignal)
    {
        if (name is not { } given) return null;
        var path = $"{Root}.events.{key}";
        var dot = given.Name.IndexOf('.', StringComparison.Ordinal);
        if (wantsSignal != dot >= 0)
        {
            errors.Add(given.At, path, $"'{given.Name}' is {(wantsSignal ? "no" : "a")} signal",
                wantsSignal ? "Name a signal, for example \"Order Refunded.total\"" : "Name the event alone");
            return null;
        }
        var of = given with { Name = dot < 0 ? given.Name : given.Name[..dot] };
        var type = errors.Slot(of, [.. schema.Types.Select(t => t.Name)], path, "event");
        if (type < 0 || dot < 0) return type < 0 ? null : new SimulatedEventPlan(type, -1);
        var signals = schema.Types[type].Signals;
        var signal = errors.Slot(
            given with { Name = given.Name[(dot + 1)..] }, [.. signals.Select(s => s.Name)], path, "signal");
        return signal < 0 ? null : new SimulatedEventPlan(type, signal);
    }

    private OfferEffectPlan[] Offers(SimulationDefinition simulation, DecisionPlan decisions)
    {
        var effects = new OfferEffectPlan[decisions.Offers.Length];
        Array.Fill(effects, OfferEffectPlan.None);
        List<string> names = [.. decisions.Offers.Select(offer => offer.Name)];
        foreach (var said in simulation.Offers)
        {
            var path = $"{Root}.offers.{said.Offer.Name}";
            if (errors.Slot(said.Offer, names, path, "offer") is not (>= 0 and var slot)) continue;
            var orders = said.Orders is { } share ? Assumption(share, $"{path}.orders") : null;
            effects[slot] = new OfferEffectPlan(orders, said.Discount, said.Cost);
        }
        return effects;
    }

    private AssumptionPlan[] Assumptions(SimulationDefinition simulation)
    {
        var plans = new AssumptionPlan[AssumptionTrait.All.Count];
        foreach (var trait in AssumptionTrait.All)
            plans[(int)trait.Kind] = new(trait, trait.Neutral ?? double.NaN, 0, AssumptionSource.None);
        foreach (var said in simulation.Assumptions)
            plans[(int)said.Kind] = Assumption(said, $"{Root}.assumptions.{NameOf(said.Kind)}");
        return plans;
    }

    private AssumptionPlan Assumption(AssumptionDefinition said, string path)
    {
        var own = errors.Rule(said.Own, links.Symbols, ValueType.Number, $"{path}.own");
        return new AssumptionPlan(AssumptionTrait.Of(said.Kind), said.Value, said.StandardError, said.Source)
        {
            Note = said.Note,
            Spread = said.Spread,
            Own = own,
            Categories = own is null ? 0 : links.CategoriesOf(own),
            IsSaid = true,
        };
    }

    private List<PriceCategoryPlan> Categories(SimulationDefinition simulation)
    {
        var plans = new List<PriceCategoryPlan>();
        foreach (var category in simulation.Categories)
        {
            var path = $"{Root}.categories.{category.Name}";
            if (category.Elasticity is { Own: { } rule })
            {
                errors.Add(rule.At, $"{path}.elasticity.own", "Of a category all customers' elasticity is one",
                    "Give \"spread\" for how much customers differ");
            }
            plans.Add(new PriceCategoryPlan(
                category.Name, category.Share,
                category.Elasticity is { } said ? Assumption(said with { Own = null }, $"{path}.elasticity") : null));
        }
        if (plans.Sum(plan => plan.Share) > 1 + 1e-9)
        {
            errors.Add(simulation.At, $"{Root}.categories", "The shares of all categories are more than 1",
                "Let them sum to 1 at most; what is left of an order is of no category");
        }
        return plans;
    }

    private static string NameOf(AssumptionKind kind) => ModelFields.Written(kind);
}
