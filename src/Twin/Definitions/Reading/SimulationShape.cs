using static DToC.Twin.Definitions.Reading.Key;
using static DToC.Twin.Definitions.Reading.Shapes;
using Limits = DToC.Twin.Definitions.DefinitionLimits;

namespace DToC.Twin.Definitions.Reading;

/// <summary>The keys of what simulations rest on.</summary>
internal static class SimulationShape
{
    private static readonly Shape Observed = new Shape.Record(
    [
        Must("from", Number, "Least value that was ever observed."),
        Must("until", Number, "Greatest value that was ever observed."),
    ],
    [new Agreement.NotAbove("from", "until")]);

    private static readonly Shape Category = new Shape.Record(
    [
        Must("share", new Shape.Number(0, 1, Above: true), "Share of an order's pieces and amount."),
        May("elasticity", Assumption(AssumptionTrait.Of(AssumptionKind.PriceOnUnits)),
            "Elasticity of its pieces. Default what holds for all goods."),
    ]);

    private static readonly Shape Offer = new Shape.Record(
    [
        May("orders", Assumption(AssumptionTrait.Of(AssumptionKind.OfferOrders)),
            "Share of those taken that are an order which would not have come. Default assumptions.offerOrders."),
        May("discount", UpTo(1), "Share taken off that order, or off the next one. Default 0."),
        May("cost", UpTo(1e9), "What one that is taken costs, in the definition's currency. Default 0."),
    ]);

    private static readonly Shape Events = new Shape.Record(
    [
        May("returned", Name, "Signal of the amount of a return, for example Order Refunded.total."),
        May("contact", Name, "Event that a ticket or call is."),
        May("answered", Name, "Signal of an answer that the model of satisfaction reads."),
    ]);

    /// <summary>What simulations rest on.</summary>
    public static readonly Shape Simulation = new Shape.Record(
    [
        Must("purpose", Name, "Purpose it serves; what it reads of a customer needs a basis for it."),
        Must("purchases", Identifier, "Model of purchases: bgnbd, or what was fitted in its place."),
        May("spend", Identifier, "Model of the amount of an order: gammaGamma."),
        May("prices", Identifier, "Model of price sensitivity."),
        May("satisfaction", Identifier, "Model of satisfaction."),
        May("promotions", Identifier,
            "Model of what promotions do; once it is fitted, it stands in the place of what is assumed of them."),
        May("affinity", Identifier, "Model of affinity, for what is new."),
        May("nextStage", Identifier, "Model of the stage that comes next, for moves that no order or silence brings."),
        Must("assumptions", new Shape.Record([.. AssumptionTrait.All.Select(Key)]),
            "What else is taken for granted, with how sure it is and where it comes from."),
        May("categories", Map(TextPattern.Name, Limits.PriceCategories, Category),
            "Categories of goods that have prices of their own. What is left of an order is of none."),
        May("events", Events, "What is folded when decision rules run, beside purchases. Default nothing."),
        May("offers", Map(TextPattern.Name, Limits.Offers, Offer), "What comes of offers that are taken."),
        May("observed", new Shape.Record(
            [.. EnumWords<LeverMeasure>.All.Select(word => May(word, Observed, "Values that were ever observed."))]),
            "What was ever observed of levers. A scenario beyond it, or of a lever that is not named, says so."),
    ]);

    private static Key Key(AssumptionTrait trait) => new(
        EnumWords<AssumptionKind>.Of(trait.Kind), trait.Kind == AssumptionKind.MarginShare, Assumption(trait),
        trait.Says);

    private static Shape Assumption(AssumptionTrait trait)
    {
        List<Key> keys =
        [
            Must("value", new Shape.Number(trait.Least, trait.Most), "The number."),
            May("standardError", UpTo(1e9), "How sure it is, in the same unit. Default 0: certain."),
            Must("source", Word<AssumptionSource>(),
                "fitted: from data. stated: somebody says so. none: a place for a number that is not known yet."),
            May("note", Text, "What it rests on."),
        ];
        if (trait.Differs)
        {
            keys.Add(May("own", Rule, "A customer's own value; where it is missing, the population's stands."));
            keys.Add(May("spread", UpTo(1e9), "Standard deviation over customers. Default 0."));
        }
        return new Shape.Record(keys);
    }
}
