using DToC.Twin.Events;
using DToC.Twin.Models;

namespace DToC.Learn.Training;

/// <summary>
/// What is read of customers' events, one after the other, for a model that is fitted to these themselves: all until
/// an end, and what was known at a moment a horizon before it, to grade on what came then.
/// </summary>
internal interface ISequenceReading
{
    /// <summary>The model, and the slots it reads.</summary>
    ModelTask Task { get; }

    /// <summary>The horizon, in days.</summary>
    double HorizonDays { get; }

    /// <summary>What there is to fit on.</summary>
    long Rows { get; }

    /// <summary>What there is to grade on.</summary>
    int GradedRows { get; }

    /// <summary>What is forecast and graded, a sentence.</summary>
    string Words { get; }

    /// <summary>Adds a customer's events, in their order.</summary>
    /// <param name="customer">The customer's number.</param>
    /// <param name="events">The events.</param>
    void Add(int customer, IReadOnlyList<TouchpointEvent> events);

    /// <summary>The model that fits all there is.</summary>
    /// <exception cref="InvalidOperationException">There is too little; the message says why.</exception>
    FittedModel FitWhole(CancellationToken cancellation);

    /// <summary>The model that fits what was known at the moment that is graded as of.</summary>
    /// <inheritdoc cref="FitWhole"/>
    FittedModel FitKnown(CancellationToken cancellation);

    /// <summary>Grades a model on what came after that moment; null when the model is of another kind.</summary>
    Grade? GradeOf(PredictiveModel model);
}
