namespace DToC.Learn.Synthetic;

/// <summary>
/// What a synthetic population is made of: an immutable recipe, read by <see cref="ProfileReader"/>.
/// </summary>
public sealed record PopulationProfile
{
    /// <summary>Short name of the industry, part of every event id.</summary>
    public required string Name { get; init; }

    /// <summary>What a customer's number follows in its id: <c>c-</c> gives <c>c-000042</c>.</summary>
    public string CustomerPrefix { get; init; } = "c-";

    /// <summary>The first moment an event may carry.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>Length of the whole span in days, 1..3,660.</summary>
    public required int Days { get; init; }

    /// <summary>
    /// Customers join evenly over the first this many days; 0 has all of them join at the start.
    /// </summary>
    public int JoinWithinDays { get; init; }

    /// <summary>Hours, weekdays and months in which customers are active.</summary>
    public Rhythm Rhythm { get; init; } = Rhythm.Flat;

    /// <summary>Days on which prices are lower.</summary>
    public IReadOnlyList<DiscountPeriod> Discounts { get; init; } = [];

    /// <summary>
    /// Across customers, s in "rate times exp(s x depth) on a day of discount depth"; absent means 0 for all.
    /// </summary>
    public Distribution? PriceSensitivity { get; init; }

    /// <summary>What of the events that a discount brings was only brought forward; absent for nothing.</summary>
    public PullForward? PullForward { get; init; }

    /// <summary>What moves the activity of all customers together from week to week; absent for nothing.</summary>
    public DemandShocks? Shocks { get; init; }

    /// <summary>How mean spend varies across customers; absent when the industry has no spend.</summary>
    public SpendPrior? Spend { get; init; }

    /// <summary>Further hidden traits that load on rates and properties.</summary>
    public IReadOnlyList<Latent> Latents { get; init; } = [];

    /// <summary>Where customers meet the company; their own mix varies around these weights.</summary>
    public required IReadOnlyList<Channel> Channels { get; init; }

    /// <summary>Dirichlet concentration of a customer's own mix: small means one channel each.</summary>
    public double ChannelConcentration { get; init; } = 4;

    /// <summary>Home regions to spread customers over, by Zipf.</summary>
    public int Regions { get; init; } = 20;

    /// <summary>How customers leave; absent means nobody does.</summary>
    public Dropout? Dropout { get; init; }

    /// <summary>
    /// The kinds of events; the first is the one <see cref="Truth.RatePerWeek"/> speaks of.
    /// </summary>
    public required IReadOnlyList<EventStream> Streams { get; init; }

    /// <summary>The first moment after the span.</summary>
    public DateTimeOffset End => Start.AddDays(Days);
}

/// <summary>
/// Relative activity by hour of day (24), day of week (7, Monday first) and month (12), all in UTC.
/// </summary>
/// <param name="Hours">24 weights.</param>
/// <param name="Weekdays">7 weights, Monday first.</param>
/// <param name="Months">12 weights.</param>
public sealed record Rhythm(
    IReadOnlyList<double> Hours, IReadOnlyList<double> Weekdays, IReadOnlyList<double> Months)
{
    /// <summary>No rhythm: every hour is like any other.</summary>
    public static Rhythm Flat { get; } =
        new([.. Enumerable.Repeat(1.0, 24)], [.. Enumerable.Repeat(1.0, 7)], [.. Enumerable.Repeat(1.0, 12)]);
}

/// <summary>A yearly sale.</summary>
/// <param name="From">First day as <c>MM-dd</c>.</param>
/// <param name="To">Last day as <c>MM-dd</c>, in the same year.</param>
/// <param name="Depth">Share taken off the price, in (0, 1).</param>
public sealed record DiscountPeriod(string From, string To, double Depth);

/// <summary>Events that a discount brings and that are then missing.</summary>
/// <param name="Share">Share of them, in 0..1.</param>
/// <param name="Days">Days behind each day of discount over which they are missing evenly, 1..364.</param>
public sealed record PullForward(double Share, int Days);

/// <summary>
/// A factor on all rates that differs from week to week: its logarithm follows an autoregression of order 1.
/// </summary>
/// <param name="Sd">Standard deviation of the logarithm, 0..1.</param>
/// <param name="Persistence">Share of it that is left a week later, from 0 to below 1.</param>
public sealed record DemandShocks(double Sd, double Persistence = 0);

/// <summary>
/// Gamma-Gamma spend (P. Fader and B. Hardie, "The Gamma-Gamma Model of Monetary Value", 2013): a purchase of
/// one customer is Gamma(p, nu), nu across customers is Gamma(q, gamma); mean spend over customers is p gamma
/// / (q - 1).
/// </summary>
/// <param name="P">Shape of a customer's purchases.</param>
/// <param name="Q">Shape across customers, above 1 for a finite mean.</param>
/// <param name="Gamma">Rate across customers, in money.</param>
public sealed record SpendPrior(double P, double Q, double Gamma);

/// <summary>A hidden trait of a customer.</summary>
public sealed record Latent(string Name, Distribution Draw);

/// <summary>
/// Adds <paramref name="By"/> times the customer's latent to a linear or log-linear predictor.
/// </summary>
public sealed record Load(string Latent, double By);

/// <summary>One way to meet a customer.</summary>
/// <param name="Name">Value of <c>context.channel</c>.</param>
/// <param name="Weight">Share over all customers.</param>
/// <param name="Source">Source of events met here, where the stream names none.</param>
/// <param name="Devices">Devices seen here, the first most often; none when it makes no sense.</param>
/// <param name="Places">Number of places such as shops; 0 means the customer's home region.</param>
public sealed record Channel(
    string Name, double Weight, string Source, IReadOnlyList<string>? Devices = null, int Places = 0);
