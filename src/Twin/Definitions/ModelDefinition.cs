namespace DToC.Twin.Definitions;

/// <summary>A model: one score of a twin.</summary>
/// <param name="Name">Name of the score.</param>
/// <param name="Purpose">Purpose it serves; its inputs' categories need a basis for it.</param>
/// <param name="Unit">Unit of the value for people: probability, orders, EUR, ...</param>
/// <param name="Form">What it computes.</param>
/// <param name="At">Where it was written.</param>
public sealed record ModelDefinition(string Name, Named Purpose, string? Unit, ModelForm Form, Position At)
{
    /// <summary>What is believed before there is evidence; null for nothing.</summary>
    public PriorDefinition? Prior { get; init; }

    /// <summary>What came true, for fitting and grading it; null when nothing says so.</summary>
    public TargetDefinition? Target { get; init; }
}

/// <summary>What a model believes of a customer of whom little is known.</summary>
/// <param name="Value">Of the population, in the model's unit.</param>
/// <param name="Weight">Pieces of evidence it counts as much as; above 0.</param>
/// <param name="Evidence">Name of the feature that counts evidence, for example of orders.</param>
/// <param name="Groups">Groups with a value of their own; the first that a customer belongs to counts.</param>
public sealed record PriorDefinition(
    double Value, double Weight, Named Evidence, IReadOnlyList<PriorGroupDefinition> Groups);

/// <summary>A group with a prior of its own.</summary>
/// <param name="When">Rule over features and attributes that holds for its members.</param>
/// <param name="Value">What is believed of them.</param>
public sealed record PriorGroupDefinition(RuleText When, double Value);

/// <summary>What a model forecasts, told by how a feature changes in the days after.</summary>
/// <param name="Feature">Name of a feature of kind count or sum.</param>
/// <param name="Outcome">What of its change is meant.</param>
/// <param name="Days">Days after the forecast; above 0.</param>
/// <param name="Among">Rule that holds for those the forecast is about; null for all.</param>
public sealed record TargetDefinition(Named Feature, TargetOutcome Outcome, double Days, RuleText? Among);

/// <summary>What of a feature's change is forecast.</summary>
public enum TargetOutcome
{
    /// <summary>The probability that it grows.</summary>
    Any,

    /// <summary>The probability that it does not.</summary>
    None,

    /// <summary>By how much it grows.</summary>
    Amount,
}

/// <summary>What a model computes.</summary>
public abstract record ModelForm
{
    private ModelForm()
    {
    }

    /// <summary>Logistic regression with configured weights; a probability.</summary>
    public sealed record Logistic(double Intercept, IReadOnlyList<LogisticInput> Inputs) : ModelForm;

    /// <summary>BG/NBD (Fader, Hardie and Lee 2005) with configured parameters.</summary>
    /// <param name="Output">What is asked of the model.</param>
    /// <param name="History">Name of a purchase-history feature; its unit is the unit of time here.</param>
    /// <param name="Horizon">Units of time ahead for expected purchases; above 0.</param>
    public sealed record BgNbd(
        BgNbdOutput Output, Named History, double Horizon, double R, double Alpha, double A, double B)
        : ModelForm;

    /// <summary>Gamma-Gamma spend (Fader and Hardie 2013): expected mean spend of a purchase.</summary>
    public sealed record GammaGamma(Named History, double P, double Q, double V) : ModelForm;

    /// <summary>A rule over features and earlier scores, for example lifetime value.</summary>
    public sealed record Formula(RuleText Expression) : ModelForm;

    /// <summary>How satisfied a customer is now, after the answers that a latent level has followed.</summary>
    /// <param name="Level">Name of a feature of kind latentLevel, which has the parameters too.</param>
    public sealed record Satisfaction(Named Level) : ModelForm;

    /// <summary>How likely a customer has had enough (noisy-or with weights known to a share of themselves).</summary>
    /// <param name="Background">Mean weight of what frustrates without any of the causes, above 0.</param>
    /// <param name="BackgroundUncertainty">Its standard deviation as a share of it, above 0.</param>
    public sealed record Frustration(
        double Background, double BackgroundUncertainty, IReadOnlyList<FrustrationInput> Causes) : ModelForm;

    /// <summary>
    /// Elasticity of demand, drawn for each customer around the population's and known as far as purchases go.
    /// </summary>
    /// <param name="Demand">Name of a feature of kind demandSums.</param>
    /// <param name="Intercept">Mean logarithm of the quantity at a price of 1.</param>
    /// <param name="Elasticity">Mean elasticity.</param>
    /// <param name="InterceptVariance">Of the intercept over customers, above 0.</param>
    /// <param name="ElasticityVariance">Of the elasticity over customers, above 0.</param>
    /// <param name="Covariance">Of both over customers.</param>
    /// <param name="NoiseVariance">Of the logarithm of a quantity around what is expected, above 0.</param>
    public sealed record PriceSensitivity(
        Named Demand, double Intercept, double Elasticity, double InterceptVariance, double ElasticityVariance,
        double Covariance, double NoiseVariance) : ModelForm;

    /// <summary>A model of which only its target is known: its scores come once it is fitted or imported.</summary>
    public sealed record ToBeFitted : ModelForm;
}

/// <summary>What is asked of a BG/NBD model.</summary>
public enum BgNbdOutput
{
    /// <summary>Purchases expected within the horizon.</summary>
    ExpectedPurchases,

    /// <summary>Probability of not having dropped out; 1 for a customer without repeat purchase.</summary>
    ProbabilityAlive,
}

/// <summary>An input of a logistic model: weight times (value - mean) / scale in log-odds.</summary>
/// <param name="Missing">Value that stands in when the feature is missing; the mean unless given.</param>
public sealed record LogisticInput(Named Feature, double Weight, double Mean, double Scale, double? Missing);

/// <summary>A cause of frustration.</summary>
/// <param name="Feature">Its decayed amount.</param>
/// <param name="Weight">Mean hazard of one unit of it, above 0: 0.2 drives about a fifth of calm customers off.</param>
/// <param name="Uncertainty">Standard deviation of the weight as a share of it, above 0.</param>
public sealed record FrustrationInput(Named Feature, double Weight, double Uncertainty);
