using System.Text.Json;
using DToC.Twin.Draws;

namespace DToC.Twin.Models.CustomerBase;

/// <summary>A model of a customer base, whichever, that answers a question.</summary>
public abstract class PurchaseForecast : PredictiveModel
{
    private protected PurchaseForecast(PurchaseQuestion question, IReadOnlyList<string> inputs)
        : base(inputs)
    {
        ArgumentNullException.ThrowIfNull(question);
        Question = question;
    }

    /// <summary>What is asked of it.</summary>
    public PurchaseQuestion Question { get; }

    /// <summary>How customers leave.</summary>
    public abstract Leaving Leaving { get; }

    /// <summary>Names of the parameters of the base, all above 0.</summary>
    public abstract IReadOnlyList<string> ParameterNames { get; }

    /// <summary>The parameters, in the order of their names.</summary>
    public abstract ReadOnlySpan<double> Parameters { get; }

    /// <summary>Covariance of their logarithms; null when it is not known.</summary>
    public abstract LogCovariance? Covariance { get; }

    /// <summary>The same model with other parameters, which are then certain.</summary>
    /// <param name="parameters">As many as there are names.</param>
    /// <param name="covariance">Covariance of their logarithms, or null.</param>
    /// <exception cref="ArgumentException">They cannot be used.</exception>
    public abstract PurchaseForecast With(ReadOnlySpan<double> parameters, LogCovariance? covariance);

    /// <summary>Probability in [0, 1] that a customer has not left; NaN where that is no history.</summary>
    public abstract double ProbabilityAlive(double x, double tx, double T);

    /// <summary>Draws what a customer of this history is like who has not left.</summary>
    public abstract Buyer DrawAlive(double x, double T, Xoshiro256 random);

    /// <summary>
    /// Parameters as they may be, drawn from their covariance: one possible base. Itself where that is not known.
    /// </summary>
    public PurchaseForecast Drawn(Xoshiro256 random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (Covariance is null) return this;
        Span<double> drawn = stackalloc double[Parameters.Length];
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            Covariance.Draw(Parameters, random, drawn);
            if (IsUsable(drawn)) return With(drawn, null);
        }
        return With(Parameters, null);
    }

    // Beyond what the model takes a draw says nothing; of a fit that is any good hardly one is.
    private const int MostAttempts = 32;

    private protected abstract bool IsUsable(ReadOnlySpan<double> parameters);
}

/// <summary>A model of a customer base that answers one question about a customer.</summary>
/// <remarks>
/// Inputs are x, t_x and T, and for a lifetime value the mean spend of the repeat purchases. Where x, t_x and T
/// are no history the score is NaN.
/// <para>
/// An interval is about the customer's own expected value or probability: the customer may have left (then it is 0,
/// and the shortest interval holds 0 when that is likely enough), or is there with rates of their own. Of the
/// probability of being alive, about which nothing but 0 and 1 is the customer's own, it is about the probability
/// under the true parameters of the base, as far as the fit knows them.
/// </para>
/// </remarks>
/// <typeparam name="TProcess">The model of the base.</typeparam>
public sealed class PurchaseForecast<TProcess> : PurchaseForecast
    where TProcess : struct, IPurchaseProcess<TProcess>
{
    private readonly TProcess _process;
    private readonly LogCovariance? _covariance;
    private readonly double _force;
    private readonly double[] _parameters;

    /// <summary>A model that answers a question.</summary>
    /// <param name="process">The model of the base.</param>
    /// <param name="question">What is asked of it.</param>
    /// <param name="inputs">Names of x, t_x, T and, for a lifetime value, mean spend.</param>
    /// <param name="covariance">Covariance of the logarithms of its parameters; null when it is not known.</param>
    /// <exception cref="ArgumentException">Parameters or question cannot be used.</exception>
    public PurchaseForecast(
        TProcess process, PurchaseQuestion question, IReadOnlyList<string> inputs, LogCovariance? covariance = null)
        : base(question, inputs)
    {
        if ((process.Validate() ?? question.Validate()) is { } wrong)
            throw new ArgumentException(wrong, nameof(process));
        var needed = question.Spend is null ? 3 : 4;
        if (inputs.Count != needed)
            throw new ArgumentException($"{inputs.Count} inputs; {needed} are needed.", nameof(inputs));
        _parameters = new double[TProcess.ParameterNames.Count];
        if (covariance is not null && covariance.Parameters != _parameters.Length)
            throw new ArgumentException(
                $"covariance of {covariance.Parameters} parameters; there are {_parameters.Length}.",
                nameof(covariance));
        process.CopyTo(_parameters);
        (_process, _covariance, _force) = (process, covariance, question.Discount.Force);
    }

    /// <inheritdoc/>
    public override string Kind => TProcess.KindWord;

    /// <inheritdoc/>
    public override ReasonScale Scale => ReasonScale.Value;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Limits => TProcess.Limits;

    /// <summary>The model of the base.</summary>
    public TProcess Process => _process;

    /// <inheritdoc/>
    public override Leaving Leaving => TProcess.Leaving;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ParameterNames => TProcess.ParameterNames;

    /// <inheritdoc/>
    public override ReadOnlySpan<double> Parameters => _parameters;

    /// <inheritdoc/>
    public override LogCovariance? Covariance => _covariance;

    /// <inheritdoc/>
    public override PurchaseForecast With(ReadOnlySpan<double> parameters, LogCovariance? covariance) =>
        new PurchaseForecast<TProcess>(TProcess.Of(parameters), Question, Inputs, covariance);

    /// <inheritdoc/>
    public override double ProbabilityAlive(double x, double tx, double T) => _process.ProbabilityAlive(x, tx, T);

    /// <inheritdoc/>
    public override Buyer DrawAlive(double x, double T, Xoshiro256 random) => _process.DrawAlive(x, T, random);

    private protected override bool IsUsable(ReadOnlySpan<double> parameters) =>
        TProcess.Of(parameters).Validate() is null;

    /// <inheritdoc/>
    public override double Score(ReadOnlySpan<double> inputs)
    {
        var (x, tx, T) = (inputs[0], inputs[1], inputs[2]);
        var score = Question.Output switch
        {
            PurchaseOutput.ExpectedPurchases => _process.ExpectedPurchases(x, tx, T, Question.Horizon),
            PurchaseOutput.ProbabilityAlive => _process.ProbabilityAlive(x, tx, T),
            PurchaseOutput.ProbabilityOfPurchase => _process.ProbabilityOfPurchase(x, tx, T, Question.Horizon),
            _ => _process.DiscountedPurchases(x, tx, T, _force, Question.Horizon) * Spend(x, inputs[^1]),
        };
        return double.IsFinite(score) ? score : double.NaN;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Parameters from their covariance, when it is known; then whether the customer has left; then rate and drop-out
    /// from their posterior.
    /// </remarks>
    public override bool Draw(ReadOnlySpan<double> inputs, Xoshiro256 random, Span<double> draws)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (x, tx, T) = (inputs[0], inputs[1], inputs[2]);
        if (double.IsNaN(_process.ProbabilityAlive(x, tx, T))) return false;
        var isAlive = Question.Output == PurchaseOutput.ProbabilityAlive;
        if (isAlive && _covariance is null) return false;
        Span<double> parameters = stackalloc double[_parameters.Length];
        foreach (ref var draw in draws)
        {
            var process = _process;
            if (_covariance is not null)
            {
                _covariance.Draw(_parameters, random, parameters);
                process = TProcess.Of(parameters);
            }
            var alive = process.ProbabilityAlive(x, tx, T);
            // Drawn parameters beyond what the model takes say nothing: the fitted ones stand in.
            if (double.IsNaN(alive)) (process, alive) = (_process, _process.ProbabilityAlive(x, tx, T));
            draw = isAlive ? alive : random.NextUnit() < alive ? DrawOwn(process, inputs, random) : 0;
            if (!double.IsFinite(draw)) return false;
        }
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Shapley values against a customer who is new: the first purchase just made, spend not known.
    /// </remarks>
    public override Explanation Explain(ReadOnlySpan<double> inputs)
    {
        Span<double> reference = stackalloc double[inputs.Length];
        reference.Clear();
        if (Question.Spend is not null) reference[^1] = double.NaN;
        return new Explanation(
            Scale, Score(reference), ShapleyValues.Of(inputs, reference, mixed =>
            {
                (mixed[0], mixed[1], mixed[2]) = TProcess.Possible(mixed[0], mixed[1], mixed[2]);
                return Score(mixed);
            }));
    }

    /// <inheritdoc/>
    public override void WriteParameters(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Question.Write(writer);
        for (var i = 0; i < _parameters.Length; i++) writer.WriteNumber(TProcess.ParameterNames[i], _parameters[i]);
        LogCovariance.Write(writer, _covariance);
    }

    /// <summary>Makes a model of its stored parameters.</summary>
    /// <exception cref="InvalidDataException">They do not make one.</exception>
    public static PurchaseForecast<TProcess> Read(IReadOnlyList<string> inputs, ModelFields parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var values = new double[TProcess.ParameterNames.Count];
        for (var i = 0; i < values.Length; i++) values[i] = parameters.Number(TProcess.ParameterNames[i]);
        return new PurchaseForecast<TProcess>(
            TProcess.Of(values), PurchaseQuestion.Read(parameters), inputs,
            LogCovariance.Read(parameters, values.Length));
    }

    private double Spend(double x, double mean) =>
        Question.Spend is { } spend ? spend.Expected(x, mean) : double.NaN;

    private double DrawOwn(in TProcess process, ReadOnlySpan<double> inputs, Xoshiro256 random)
    {
        var buyer = process.DrawAlive(inputs[0], inputs[2], random);
        return Question.Output switch
        {
            PurchaseOutput.ExpectedPurchases => TProcess.PurchasesOf(buyer, Question.Horizon),
            PurchaseOutput.ProbabilityOfPurchase => TProcess.AnyPurchaseOf(buyer, Question.Horizon),
            _ => TProcess.DiscountedOf(buyer, _force, Question.Horizon)
                * (Question.Spend?.Draw(inputs[0], inputs[^1], random) ?? double.NaN),
        };
    }
}
