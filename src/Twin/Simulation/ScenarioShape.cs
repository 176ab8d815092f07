using DToC.Twin.Definitions;
using DToC.Twin.Definitions.Reading;
using static DToC.Twin.Definitions.Reading.Key;
using static DToC.Twin.Definitions.Reading.Shapes;

namespace DToC.Twin.Simulation;

/// <summary>The keys of scenarios.</summary>
internal static class ScenarioShape
{
    public const string Price = "price";
    public const string Promotion = "promotion";
    public const string Product = "product";
    public const string Service = "service";
    public const string Journey = "journey";
    public const string Demand = "demand";
    public const string Inflation = "inflation";
    public const string Competitor = "competitor";
    public const string Scarcity = "scarcity";
    public const string Offers = "offers";
    public const string Contacts = "contactPolicy";

    private const string KindOfLever = "What is turned.";

    private static readonly IReadOnlyList<Key> Weeks =
    [
        May("from", Whole(1, SimulationLimits.Weeks), "First week it acts in, from 1. Default 1."),
        May("until", Whole(1, SimulationLimits.Weeks), "Last week it acts in. Default the last of the simulation."),
    ];

    private static readonly Key Category = May(
        "category", Name, "Category of goods, as the definition names it. Default all.");

    private static readonly Shape Lever = new Shape.Choice("lever", KindOfLever,
    [
        Of(Price, Must("factor", Factor, "Factor on prices: 1.1 for a tenth more."), Category),
        Of(Promotion,
            Must("depth", new Shape.Number(0, 0.95, Above: true), "Share taken off prices."), Category,
            May("pullForward", UpTo(1), "Share of the orders won that later weeks lack. Default what is assumed.")),
        Of(Product, May("token", Name, "Token of the affinity model that it is like. Default none.")),
        Of(Service,
            May("level", new Shape.Number(-1, 1), "Change of the service level. Default 0."),
            May("waitingFactor", Factor, "Factor on the time customers wait. Default 1.")),
        Of(Journey, Must("steps", Whole(-10, 10), "Steps more on the way to an order; -1 for one less.")),
        Of(Demand, Must("index", Factor, "Index of demand, 1 for today's.")),
        Of(Inflation,
            Must("rate", new Shape.Number(-0.5, 10), "Inflation a year: 0.05."),
            May("passThrough", UpTo(2), "Share of it by which our own prices rise. Default 1.")),
        Of(Competitor, Must("factor", Factor, "Factor on the competitor's prices.")),
        Of(Scarcity, Must("served", UpTo(1), "Share of orders that can be served.")),
        Of(Offers,
            May("offer", Name, "The offer. Default all."),
            Must("weight", UpTo(1_000), "Factor on its rank; 0 switches it off.")),
        Of(Contacts,
            Must("count", Whole(0, DefinitionLimits.CapContacts), "At most so many contacts"),
            Must("days", AboveZeroUpTo(DefinitionLimits.CapDays), "in any so many days.")),
    ]);

    /// <summary>A list of scenarios.</summary>
    public static readonly Shape All = new Shape.ListOf(
        new Shape.Record(
        [
            Must("name", Name, "Its name, each once."),
            Must("levers", new Shape.ListOf(Lever, SimulationLimits.Levers), "What is done otherwise than today."),
        ]),
        SimulationLimits.Scenarios);

    private static Shape Factor => new Shape.Number(0.01, 100);

    private static Variant Of(string lever, params IReadOnlyList<Key> own) =>
        Variant([lever], "lever", KindOfLever, Weeks, own, new Agreement.NotAbove("from", "until"));
}
