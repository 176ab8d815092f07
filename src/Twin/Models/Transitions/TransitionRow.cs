namespace DToC.Twin.Models.Transitions;

/// <summary>What follows on an event or stage, and when.</summary>
/// <param name="From">Its name.</param>
/// <param name="Weights">
/// Dirichlet posterior of what follows, one a name of the model: how often it did, and what the prior adds. 0 for what
/// cannot follow.
/// </param>
/// <param name="Wait">Days until something follows.</param>
public sealed record TransitionRow(string From, IReadOnlyList<double> Weights, WaitingTime Wait)
{
    /// <summary>Sum of the weights.</summary>
    public double Total { get; } = Weights.Sum();
}

/// <summary>Something that may come next.</summary>
/// <param name="Name">The event or stage.</param>
/// <param name="Next">Probability that it is what comes next, whenever that is.</param>
/// <param name="Within">Probability that it comes next, and within the model's horizon.</param>
/// <param name="Interval">Where the latter lies.</param>
public sealed record TransitionChance(string Name, double Next, double Within, Interval Interval);

/// <summary>When the next thing comes: days from now.</summary>
/// <param name="MedianDays">As likely before as after.</param>
/// <param name="Low">Lower end of the central range.</param>
/// <param name="High">Upper end of it.</param>
/// <param name="Level">The probability that it comes in the range.</param>
public sealed record TransitionTime(double MedianDays, double Low, double High, double Level);
