using static DToC.Twin.Definitions.Reading.Key;
using static DToC.Twin.Definitions.Reading.Shapes;
using Limits = DToC.Twin.Definitions.DefinitionLimits;

namespace DToC.Twin.Definitions.Reading;

/// <summary>The keys of models and segments.</summary>
internal static class ModelShape
{
    /// <summary>Word of a logistic model.</summary>
    public const string Logistic = "logistic";

    /// <summary>Word of a BG/NBD model.</summary>
    public const string BgNbd = "bgnbd";

    /// <summary>Word of a Gamma-Gamma model.</summary>
    public const string GammaGamma = "gammaGamma";

    /// <summary>Word of a formula.</summary>
    public const string Formula = "formula";

    /// <summary>Word of a model of satisfaction.</summary>
    public const string Satisfaction = "satisfaction";

    /// <summary>Word of a model of frustration.</summary>
    public const string Frustration = "frustration";

    /// <summary>Word of a model of the elasticity of demand.</summary>
    public const string PriceSensitivity = "priceSensitivity";

    /// <summary>Word of a model that comes from training or import.</summary>
    public const string ToBeFitted = "fitted";

    private const string KindOfModel = "How the score is computed.";

    private static readonly Shape PriorGroup = new Shape.Record(
    [
        Must("when", Rule, "Rule over features and attributes that holds for the group's members."),
        Must("value", Number, "What is believed of them."),
    ]);

    private static readonly Shape Prior = new Shape.Record(
    [
        Must("value", Number, "What is believed of the population."),
        Must("weight", AboveZero, "Pieces of evidence the prior counts as much as."),
        Must("evidence", new Shape.Text(InputName), "Feature that counts evidence, for example orders."),
        May("groups", new Shape.ListOf(PriorGroup, Limits.PriorGroups),
            "Groups with a value of their own; the first that a customer belongs to counts."),
    ]);

    private static readonly Shape Target = new Shape.Record(
    [
        Must("feature", new Shape.Text(InputName), "Feature of kind count or sum whose change is forecast."),
        Must("outcome", Word<TargetOutcome>(), "Whether it grows, or does not, or by how much."),
        Must("days", AboveZeroUpTo(3_650), "Days after the forecast in which that happens."),
        May("among", Rule, "Rule that holds for those the forecast is about. Default all."),
    ]);

    private static readonly IReadOnlyList<Key> ModelKeys =
    [
        Must("purpose", Name, "Purpose it serves; its inputs' categories need a basis for it."),
        May("unit", Text, "Unit of the value for people: probability, orders, EUR."),
        May("prior", Prior, "What is believed of a customer of whom little is known."),
        May("target", Target, "What it forecasts: what training learns from and a back-test compares with."),
    ];

    private static readonly Key History = Must("history", Identifier, "A purchaseHistory feature.");

    private static readonly Shape Input = new Shape.Record(
    [
        Must("feature", new Shape.Text(InputName), "Feature or earlier model, also NAME.x and the like."),
        Must("weight", Number, "Log-odds of one scale above the mean."),
        May("mean", Number, "Value that adds nothing. Default 0."),
        May("scale", AboveZero, "Value is divided by it. Default 1."),
        May("missing", Number, "Value that stands in when the feature is missing. Default the mean."),
    ]);

    private static readonly Shape Cause = new Shape.Record(
    [
        Must("feature", new Shape.Text(InputName), "Decayed amount of it: a decayedCount, decayedSum or bursts."),
        Must("weight", Weight, "Mean hazard of one unit: 0.2 drives about a fifth of calm customers off."),
        May("uncertainty", Share, "Standard deviation of the weight as a share of it. Default 0.5."),
    ]);

    /// <summary>One model.</summary>
    public static readonly Shape.Choice Model = new("kind", KindOfModel,
    [
        OfKind(Logistic,
        [
            Must("intercept", Number, "Log-odds with every input at its mean."),
            Must("inputs", new Shape.ListOf(Input, Limits.InputsPerModel), "Inputs with their weights."),
        ]),
        OfKind(BgNbd,
        [
            Must("output", Word<BgNbdOutput>(), "What is asked of the model."),
            History,
            May("horizon", AboveZeroUpTo(36_500), "Units of time ahead; needed for expectedPurchases."),
            Must("parameters", Parameters("r", "alpha", "a", "b"), "Parameters of the population."),
        ],
        new Agreement.NeededFor("horizon", "output", EnumWords<BgNbdOutput>.Of(BgNbdOutput.ExpectedPurchases))),
        OfKind(GammaGamma,
            [History, Must("parameters", Parameters("p", "q", "v"), "Parameters of the population.")]),
        OfKind(Formula,
            [Must("expression", Rule, "Rule over features and earlier scores.")]),
        OfKind(Satisfaction,
            [Must("level", Identifier, "A latentLevel feature; it has the parameters.")]),
        OfKind(Frustration,
        [
            May("background", Weight, "Mean weight of what frustrates without any of the causes. Default 0.01."),
            May("backgroundUncertainty", Share, "Its standard deviation as a share of it. Default 1."),
            Must("causes", new Shape.ListOf(Cause, Limits.InputsPerModel), "Causes with their weights."),
        ]),
        OfKind(PriceSensitivity,
        [
            Must("demand", Identifier, "A demandSums feature."),
            Must("parameters", Demand, "Parameters of the population."),
        ]),
        OfKind(ToBeFitted, []),
    ]);

    /// <summary>One segment.</summary>
    public static readonly Shape.Record Segment = new(
    [
        Must("purpose", Name, "Purpose it serves."),
        Must("rule", Rule, "Rule that holds for its members."),
        May("description", Text, "One or two sentences for people."),
    ]);

    private static Shape Weight => new Shape.Number(1e-6, 1_000);

    private static Shape Share => new Shape.Number(0.01, 100);

    private static Shape Demand => new Shape.Record(
    [
        Must("intercept", Number, "Mean logarithm of the quantity at a price of 1."),
        Must("elasticity", Number, "Mean elasticity: -2 says that 1% more on the price goes with 2% less bought."),
        Must("interceptVariance", AboveZero, "Variance of the intercept over customers."),
        Must("elasticityVariance", AboveZero, "Variance of the elasticity over customers."),
        May("covariance", Number, "Covariance of both over customers. Default 0."),
        Must("noiseVariance", AboveZero, "Variance of the logarithm of a quantity around what is expected."),
    ]);

    /// <summary>A number that models read: a feature, an earlier score, a part of a feature.</summary>
    public static TextPattern InputName => TextPattern.Identifier with
    {
        Pattern = $@"{TextPattern.Identifier.Pattern}(\.{TextPattern.Identifier.Pattern})?",
    };

    private static Shape Parameters(params IReadOnlyList<string> names) =>
        new Shape.Record([.. names.Select(name => Must(name, AboveZero, $"Parameter {name} of the model."))]);

    private static Variant OfKind(
        string kind, IReadOnlyList<Key> own, params IReadOnlyList<Agreement> agreements) =>
        Variant([kind], "kind", KindOfModel, ModelKeys, own, agreements);
}
