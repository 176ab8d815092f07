namespace DToC.Twin.Models.Affinity;

/// <summary>How common a product or category is.</summary>
/// <param name="Name">Its token.</param>
/// <param name="Share">Share of all customers' baskets that hold it, in (0, 1).</param>
public readonly record struct PopulationToken(string Name, double Share);

/// <summary>How likely a customer's next basket holds a product or category.</summary>
/// <param name="Name">Its token.</param>
/// <param name="Probability">The expected value.</param>
/// <param name="Share">How common it is in the population.</param>
/// <param name="Baskets">Decayed number of the customer's baskets that held it.</param>
/// <param name="Interval">Where the customer's own probability lies.</param>
public sealed record AffinityChance(string Name, double Probability, double Share, double Baskets, Interval Interval);
