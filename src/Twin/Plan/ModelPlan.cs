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
    public required string Name { get; init; }

    /// <summary>Kind in words, for views.</summary>
    public required string Kind { get; init; }

    /// <summary>Unit for people, or null.</summary>
    public required string? Unit { get; init; }

    /// <summary>Slot of the purpose it serves.</summary>
    public required int Purpose { get; init; }

    /// <summary>Data categories its inputs rest on, earlier scores included.</summary>
    public required ulong Categories { get; init; }

    /// <summary>Slots of the numbers it reads.</summary>
    public required int[] Reads { get; init; }

    /// <summary>The value, or NaN when it cannot be said.</summary>
    public abstract double Score(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts);

    /// <summary>A model over numbers: <see cref="Reads"/> are its inputs, in their order.</summary>
    public sealed record OfModel(PredictiveModel Model) : ModelPlan
    {
        /// <inheritdoc/>
        public override double Score(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts)
        {
            Span<double> inputs = stackalloc double[Reads.Length];
            for (var i = 0; i < inputs.Length; i++) inputs[i] = numbers[Reads[i]];
            return Model.Score(inputs);
        }
    }

    /// <summary>A rule over features and earlier scores.</summary>
    public sealed record OfFormula(Expression Expression) : ModelPlan
    {
        /// <inheritdoc/>
        public override double Score(ReadOnlySpan<double> numbers, ReadOnlySpan<ulong> texts) =>
            Expression.Evaluate(numbers, texts);
    }
}
