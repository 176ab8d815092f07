namespace DToC.Twin.Definitions.Reading;

/// <summary>Makes records of what simulations rest on.</summary>
internal static class SimulationMapping
{
    public static SimulationDefinition Simulation(Fields simulation) => new(
        simulation.Named("purpose"), simulation.Named("purchases"), simulation.At)
    {
        Spend = simulation.NamedOrNull("spend"),
        Prices = simulation.NamedOrNull("prices"),
        Satisfaction = simulation.NamedOrNull("satisfaction"),
        Promotions = simulation.NamedOrNull("promotions"),
        Affinity = simulation.NamedOrNull("affinity"),
        NextStage = simulation.NamedOrNull("nextStage"),
        Assumptions = simulation.Map(
            "assumptions", (word, fields, at) => Assumption(EnumWords<AssumptionKind>.Parse(word), fields, at)),
        Categories = simulation.Map("categories", Category),
        Returned = Event(simulation, "returned"),
        Contact = Event(simulation, "contact"),
        Answered = Event(simulation, "answered"),
        Offers = simulation.Map("offers", (name, offer, at) => new OfferEffectDefinition(
            new Named(name, at), offer.Has("orders") ? Orders(offer.Of("orders")) : null,
            offer.Number("discount", 0), offer.Number("cost", 0))),
        Observed = simulation.Map("observed", (word, range, _) => new ObservedDefinition(
            EnumWords<LeverMeasure>.Parse(word), range.Number("from"), range.Number("until"))),
    };

    private static Named? Event(Fields simulation, string key) =>
        simulation.Has("events") ? simulation.Of("events").NamedOrNull(key) : null;

    private static AssumptionDefinition Orders(Fields fields) =>
        Assumption(AssumptionKind.OfferOrders, fields, fields.At);

    private static PriceCategoryDefinition Category(string name, Fields category, Position at) => new(
        name, category.Number("share"),
        category.Has("elasticity")
            ? Assumption(AssumptionKind.PriceOnUnits, category.Of("elasticity"), category.Of("elasticity").At)
            : null,
        at);

    private static AssumptionDefinition Assumption(AssumptionKind kind, Fields fields, Position at) => new(
        kind, fields.Number("value"), fields.Number("standardError", 0), fields.Word<AssumptionSource>("source"),
        fields.TextOrNull("note"), fields.Number("spread", 0), fields.RuleOrNull("own"), at);
}
