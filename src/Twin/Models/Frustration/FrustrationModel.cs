using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.Frustration;

/// <summary>
/// How likely a customer has had enough: each unit of a cause does it, by itself, with probability 1 - e^-weight, so
/// probability = 1 - e^-(w0 + sum of w x) over the decayed amounts x (the noisy-or of J. Pearl, "Probabilistic
/// Reasoning in Intelligent Systems", 1988, section 4.3.2). The weights are gamma distributed, over which the value
/// is the mean:
/// <code>1 - product of (1 + x / rate)^-shape</code>
/// </summary>
/// <remarks>
/// Inputs are decayed amounts: a feature with a half-life, so that frustration fades when nothing more happens. One
/// that is missing or negative counts as nothing. w0 is what frustrates without any of the causes, its amount always
/// 1.
/// </remarks>
public sealed class FrustrationModel : PredictiveModel
{
    /// <summary>Word of its stored form.</summary>
    public const string KindWord = "frustration";

    // Amounts beyond this leave no doubt at any weight worth a name.
    private const double MaxAmount = 1e9;

    private readonly FrustrationCause[] _causes;

    /// <summary>A model of these causes; they are copied.</summary>
    /// <param name="background">What frustrates without a cause; its name is not read.</param>
    /// <param name="causes">The causes, in the order of the inputs.</param>
    /// <exception cref="ArgumentException">A shape or rate is not above 0, or a name is missing or twice.</exception>
    public FrustrationModel(FrustrationCause background, ReadOnlySpan<FrustrationCause> causes)
        : base(NamesOf(causes))
    {
        (Background, _causes) = (background, causes.ToArray());
        if (Wrong("background", background) is { } wrong) throw new ArgumentException(wrong, nameof(background));
        foreach (var cause in _causes)
        {
            if (Wrong(cause.Name, cause) is { } why) throw new ArgumentException(why, nameof(causes));
        }
    }

    /// <inheritdoc/>
    public override string Kind => KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.Value;

    /// <summary>What frustrates without a cause.</summary>
    public FrustrationCause Background { get; }

    /// <summary>The causes, in the order of the inputs.</summary>
    public ReadOnlySpan<FrustrationCause> Causes => _causes;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs) => -SpecialFunctions.ExpM1(-Hazard(inputs));

    /// <inheritdoc/>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        foreach (ref var draw in draws)
        {
            var hazard = random.Gamma(Background.Shape, Background.Rate);
            for (var i = 0; i < _causes.Length; i++)
            {
                var amount = Amount(inputs[i]);
                if (amount > 0) hazard += amount * random.Gamma(_causes[i].Shape, _causes[i].Rate);
            }
            draw = -SpecialFunctions.ExpM1(-hazard);
        }
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The baseline is the background's. What is above it is shared out as the causes share the hazard, which is their
    /// Aumann-Shapley value (R. Aumann and L. Shapley, "Values of Non-Atomic Games", 1974).
    /// </remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        var background = Part(Background, 1);
        var contributions = new double[_causes.Length];
        var caused = 0.0;
        for (var i = 0; i < contributions.Length; i++)
            caused += contributions[i] = Part(_causes[i], Amount(inputs[i]));
        var baseline = -SpecialFunctions.ExpM1(-background);
        var above = Math.Exp(-background) * -SpecialFunctions.ExpM1(-caused);
        for (var i = 0; i < contributions.Length; i++)
            contributions[i] *= caused > 0 ? above / caused : 0;
        return new Explanation(Scale, baseline, contributions);
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("backgroundShape", Background.Shape);
        writer.WriteNumber("backgroundRate", Background.Rate);
        writer.WriteNumbers("shapes", _causes.Select(cause => cause.Shape));
        writer.WriteNumbers("rates", _causes.Select(cause => cause.Rate));
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static FrustrationModel Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(parameters);
        var (shapes, rates) = (parameters.Numbers("shapes"), parameters.Numbers("rates"));
        if (shapes.Length != inputs.Count || rates.Length != inputs.Count)
        {
            throw new InvalidDataException(
                $"{parameters.Path}: {shapes.Length} shapes and {rates.Length} rates for {inputs.Count} inputs.");
        }
        var causes = new FrustrationCause[inputs.Count];
        for (var i = 0; i < causes.Length; i++) causes[i] = new FrustrationCause(inputs[i], shapes[i], rates[i]);
        var background = new FrustrationCause(
            "", parameters.Number("backgroundShape"), parameters.Number("backgroundRate"));
        return new FrustrationModel(background, causes);
    }

    // -ln of the mean of e^-(w0 + sum of w x).
    private double Hazard(ReadOnlySpan<double> inputs)
    {
        var hazard = Part(Background, 1);
        for (var i = 0; i < _causes.Length; i++) hazard += Part(_causes[i], Amount(inputs[i]));
        return hazard;
    }

    private static double Part(in FrustrationCause cause, double amount) =>
        cause.Shape * SpecialFunctions.Log1P(amount / cause.Rate);

    private static double Amount(double input) =>
        input > 0 && double.IsFinite(input) ? Math.Min(input, MaxAmount) : 0;

    private static string? Wrong(string name, FrustrationCause cause) =>
        ModelParameter.Check($"{name}: shape", cause.Shape, MaxAmount)
        ?? (cause.Rate >= 1 / MaxAmount ? ModelParameter.Check($"{name}: rate", cause.Rate, double.MaxValue)
            : $"parameter '{name}: rate' is {cause.Rate}; it must be at least {1 / MaxAmount}");

    private static string[] NamesOf(ReadOnlySpan<FrustrationCause> causes)
    {
        var names = new string[causes.Length];
        for (var i = 0; i < names.Length; i++) names[i] = causes[i].Name;
        return names;
    }
}
