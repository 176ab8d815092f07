namespace DToC.Learn.CustomerBase;

/// <summary>What came of fitting a model to data.</summary>
/// <typeparam name="TModel">The model.</typeparam>
public abstract record Fit<TModel>
    where TModel : notnull
{
    private Fit()
    {
    }

    /// <summary>The data say what the parameters are, as surely as the errors say.</summary>
    /// <param name="Model">The model of greatest likelihood.</param>
    /// <param name="LogLikelihood">Its log-likelihood.</param>
    /// <param name="StandardErrors">Of the parameters, in their order.</param>
    /// <param name="Covariance">
    /// From the curvature of the likelihood, row by row: of the parameters' logarithms where they are positive,
    /// else of the parameters.
    /// </param>
    /// <param name="Iterations">Steps the search took.</param>
    public sealed record Fitted(
        TModel Model, double LogLikelihood, IReadOnlyList<double> StandardErrors, IReadOnlyList<double> Covariance,
        int Iterations) : Fit<TModel>;

    /// <summary>The data do not say what some parameters are; there is no model.</summary>
    /// <param name="What">For example <c>dropout not identified</c>.</param>
    /// <param name="Why">Which parameter ran where, for people.</param>
    public sealed record NotIdentified(string What, string Why) : Fit<TModel>;

    /// <summary>There is nothing to fit, or it is no data of this model.</summary>
    /// <param name="Error">What is wrong and what would be right.</param>
    public sealed record Invalid(string Error) : Fit<TModel>;

    /// <summary>The fitted model.</summary>
    /// <exception cref="InvalidOperationException">There is none; the message says why.</exception>
    public Fitted Expect() => this switch
    {
        Fitted fitted => fitted,
        NotIdentified not => throw new InvalidOperationException($"{not.What}: {not.Why}"),
        Invalid invalid => throw new InvalidOperationException(invalid.Error),
        _ => throw new InvalidOperationException($"Unknown outcome {GetType().Name}."),
    };
}
