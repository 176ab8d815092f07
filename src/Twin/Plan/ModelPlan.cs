using DToC.Twin.Models;
using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>A model, compiled: one score.</summary>
public abstract record ModelPlan
{
    private ModelPlan()
    {
    }

    /// <summary>Name of the score.</summary>
    public string Name { get; init; } = "";

    /// <summary>Kind in words, for views.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Unit for people, or null.</summary>
    public string? Unit { get; init; }

    /// <summary>Slot of the purpose it serves.</summary>
    public int Purpose { get; init; }

    /// <summary>Data categories its inputs rest on, earlier scores included.</summary>
    public ulong Categories { get; init; }

    /// <summary>Slots of the numbers it reads itself; its prior's are not among them.</summary>
    public int[] Reads { get; init; } = [];

    /// <summary>Content hash of all that makes its scores.</summary>
    public ulong Version { get; init; }

    /// <summary>The fitted model that stands in the place of the definition's own, or null.</summary>
    public ModelFile? Fitted { get; init; }

    /// <summary>What came true of its forecasts; null when nothing says so.</summary>
    public TargetPlan? Target { get; init; }

    /// <summary>What is believed of a customer of whom little is known; null for nothing.</summary>
    public PriorPlan? Prior { get; init; }

    /// <summary>The value, or NaN when it cannot be said.</summary>
    public double Score(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts)
    {
        var own = OwnScore(numbers, texts);
        return Prior is null ? own : Prior.Blend(own, numbers, texts);
    }

    /// <summary>The value without the prior.</summary>
    public abstract double OwnScore(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts);

    /// <summary>A model over numbers: <see cref="Reads"/> are its inputs, in their order.</summary>
    public sealed record OfModel(PredictiveModel Model) : ModelPlan
    {
        /// <inheritdoc/>
        public override double OwnScore(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts)
        {
            Span<double> inputs = stackalloc double[Reads.Length];
            ReadInto(numbers, inputs);
            return Model.Score(inputs);
        }

        /// <summary>Gathers the model's inputs.</summary>
        public void ReadInto(ReadOnlySpan<double> numbers, Span<double> inputs)
        {
            for (var i = 0; i < inputs.Length; i++) inputs[i] = numbers[Reads[i]];
        }
    }

    /// <summary>A rule over features and earlier scores.</summary>
    public sealed record OfFormula(Expression Expression) : ModelPlan
    {
        /// <inheritdoc/>
        public override double OwnScore(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts) =>
            Expression.Evaluate(numbers, texts);
    }

    /// <summary>A model that is still to be fitted: of it, nothing is known but the prior.</summary>
    public sealed record ToBeFitted : ModelPlan
    {
        /// <inheritdoc/>
        public override double OwnScore(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts) => double.NaN;
    }
}
