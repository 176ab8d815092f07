namespace DToC.Twin.Simulation;

/// <summary>
/// Something done otherwise than today, in the weeks from <paramref name="From"/> to before <paramref name="Until"/>,
/// both counted from 0.
/// </summary>
public abstract record Lever(int From, int Until)
{
    /// <summary>Whether it acts in a week.</summary>
    public bool Acts(int week) => week >= From && week < Until;

    /// <summary>Prices are other by a factor.</summary>
    /// <param name="Factor">Above 0; 1.1 for a tenth more.</param>
    /// <param name="Category">Slot of the category of goods; -1 for all.</param>
    public sealed record Price(double Factor, int Category, int From, int Until) : Lever(From, Until);

    /// <summary>A share is taken off prices, and customers are told.</summary>
    /// <param name="Depth">The share, in (0, 1).</param>
    /// <param name="Category">Slot of the category of goods; -1 for all.</param>
    /// <param name="PullForward">Share of the orders won that later weeks lack; null for what is assumed.</param>
    public sealed record Promotion(double Depth, int Category, double? PullForward, int From, int Until)
        : Lever(From, Until);

    /// <summary>There is a new product or feature; adopters buy more while it is there.</summary>
    /// <param name="Token">
    /// Token of the affinity model that it is like: who is keener on it adopts more likely; null for none.
    /// </param>
    public sealed record Product(string? Token, int From, int Until) : Lever(From, Until);

    /// <summary>Service is other.</summary>
    /// <param name="Level">Change of the service level, -1 to 1.</param>
    /// <param name="WaitingFactor">Factor on the time customers wait, above 0.</param>
    public sealed record ServiceLevel(double Level, double WaitingFactor, int From, int Until) : Lever(From, Until);

    /// <summary>The way to an order has more or fewer steps.</summary>
    /// <param name="Steps">Steps more; -1 for one less.</param>
    public sealed record Journey(int Steps, int From, int Until) : Lever(From, Until);

    /// <summary>The economy is other.</summary>
    /// <param name="Index">Index of demand, 1 for today's; above 0.</param>
    public sealed record Demand(double Index, int From, int Until) : Lever(From, Until);

    /// <summary>Prices rise everywhere.</summary>
    /// <param name="Rate">Inflation a year, for example 0.05.</param>
    /// <param name="PassThrough">Share of it by which our own prices rise.</param>
    public sealed record Inflation(double Rate, double PassThrough, int From, int Until) : Lever(From, Until);

    /// <summary>A competitor's prices are other by a factor.</summary>
    /// <param name="Factor">Above 0.</param>
    public sealed record Competitor(double Factor, int From, int Until) : Lever(From, Until);

    /// <summary>Not all that is asked for can be served.</summary>
    /// <param name="Served">Share of orders that can, 0 to 1.</param>
    public sealed record Scarcity(double Served, int From, int Until) : Lever(From, Until);

    /// <summary>An offer of the decision rules has another weight.</summary>
    /// <param name="Offer">Slot of the offer; -1 for all.</param>
    /// <param name="Weight">Factor on its rank; 0 switches it off.</param>
    public sealed record Offers(int Offer, double Weight, int From, int Until) : Lever(From, Until);

    /// <summary>Contacts are capped, beside the caps of the definition.</summary>
    /// <param name="Count">At most so many.</param>
    /// <param name="Days">In any so many days.</param>
    public sealed record Contacts(int Count, double Days, int From, int Until) : Lever(From, Until);
}
