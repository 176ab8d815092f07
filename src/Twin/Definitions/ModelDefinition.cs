namespace DToC.Twin.Definitions;

/// <summary>A model: one score of a twin.</summary>
/// <param name="Name">Name of the score.</param>
/// <param name="Purpose">Purpose it serves; its inputs' categories need a basis for it.</param>
/// <param name="Unit">Unit of the value for people: probability, orders, EUR, ...</param>
/// <param name="Form">What it computes.</param>
/// <param name="At">Where it was written.</param>
public sealed record ModelDefinition(string Name, Named Purpose, string? Unit, ModelForm Form, Position At);

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
