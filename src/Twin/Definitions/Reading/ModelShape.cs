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

    private const string KindOfModel = "How the score is computed.";

    private static readonly IReadOnlyList<Key> ModelKeys =
    [
        Must("purpose", Name, "Purpose it serves; its inputs' categories need a basis for it."),
        May("unit", Text, "Unit of the value for people: probability, orders, EUR."),
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
    ]);

    /// <summary>One segment.</summary>
    public static readonly Shape Segment = new Shape.Record(
    [
        Must("purpose", Name, "Purpose it serves."),
        Must("rule", Rule, "Rule that holds for its members."),
    ]);

    private static TextPattern InputName => TextPattern.Identifier with
    {
        Pattern = $@"{TextPattern.Identifier.Pattern}(\.{TextPattern.Identifier.Pattern})?",
    };

    private static Shape Parameters(params IReadOnlyList<string> names) =>
        new Shape.Record([.. names.Select(name => Must(name, AboveZero, $"Parameter {name} of the model."))]);

    private static Variant OfKind(
        string kind, IReadOnlyList<Key> own, params IReadOnlyList<Agreement> agreements) =>
        Variant([kind], "kind", KindOfModel, ModelKeys, own, agreements);
}
