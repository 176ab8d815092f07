using System.Text.Json.Serialization;

namespace DToC.Learn.Synthetic;

/// <summary>
/// One kind of event that arises by itself: at random (<see cref="Rate"/>) or on schedule (<see
/// cref="Every"/>).
/// </summary>
public sealed record EventStream
{
    /// <summary>Event type.</summary>
    public required string Event { get; init; }

    /// <summary>Event source; absent takes the channel's.</summary>
    public string? Source { get; init; }

    /// <summary>Channel these events always have; absent draws from the customer's mix.</summary>
    public string? Channel { get; init; }

    /// <summary>
    /// Rates a week across customers; exactly one of this and <see cref="Every"/> is given.
    /// </summary>
    public GammaRate? Rate { get; init; }

    /// <summary>The schedule of regular events.</summary>
    public Schedule? Every { get; init; }

    /// <summary>True has the customer's first event of this stream be the joining itself.</summary>
    public bool FirstAtJoining { get; init; }

    /// <summary>
    /// True lets the rate follow the discount calendar as the customer's price sensitivity says.
    /// </summary>
    public bool FollowsPrice { get; init; }

    /// <summary>True spreads the events evenly over the hours, against the profile's rhythm.</summary>
    public bool IgnoresRhythm { get; init; }

    /// <summary>Log-linear effects of latents on the rate.</summary>
    public IReadOnlyList<Load> Loads { get; init; } = [];

    /// <summary>The properties in order.</summary>
    public IReadOnlyList<PropertySampler> Properties { get; init; } = [];

    /// <summary>Events that come with it, before or after.</summary>
    public IReadOnlyList<DependentEvent> With { get; init; } = [];
}

/// <summary>
/// Rates a week, Gamma(<paramref name="Shape"/>, <paramref name="Weeks"/>) across customers: the NBD's r and
/// alpha, mean shape / weeks.
/// </summary>
public sealed record GammaRate(double Shape, double Weeks);

/// <summary>
/// An event every <paramref name="Days"/> days, late by up to <paramref name="JitterDays"/>.
/// </summary>
public sealed record Schedule(double Days, double JitterDays = 0);

/// <summary>An event that another one brings about.</summary>
public sealed record DependentEvent
{
    /// <summary>Event type.</summary>
    public required string Event { get; init; }

    /// <summary>Event source; absent takes the parent's.</summary>
    public string? Source { get; init; }

    /// <summary>Channel; absent takes the parent's.</summary>
    public string? Channel { get; init; }

    /// <summary>
    /// Probability that it happens at all, moved on the logit scale by <see cref="Loads"/>.
    /// </summary>
    public double Probability { get; init; } = 1;

    /// <summary>Effects of latents on the logit of the probability.</summary>
    public IReadOnlyList<Load> Loads { get; init; } = [];

    /// <summary>What happens when this does not; absent means nothing.</summary>
    public DependentEvent? Otherwise { get; init; }

    /// <summary>How many when it happens, rounded; absent means one.</summary>
    public Distribution? Count { get; init; }

    /// <summary>True makes one for each line of the parent's basket instead of <see cref="Count"/>.</summary>
    public bool PerLine { get; init; }

    /// <summary>Minutes after the parent; negative draws lie before it.</summary>
    public required Distribution DelayMinutes { get; init; }

    /// <summary>The properties in order.</summary>
    public IReadOnlyList<PropertySampler> Properties { get; init; } = [];

    /// <summary>What this event brings about in turn; at most 4 deep.</summary>
    public IReadOnlyList<DependentEvent> With { get; init; } = [];
}

/// <summary>How customers leave for good: a closed union, in JSON told apart by <c>kind</c>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(AfterEvent), "after-event")]
[JsonDerivedType(typeof(AnyTime), "any-time")]
public abstract record Dropout
{
    private Dropout()
    {
    }

    /// <summary>What the leaving itself looks like, where it can be seen (a contract is cancelled).</summary>
    public DependentEvent? Farewell { get; init; }

    /// <summary>
    /// After each event of the first stream but the joining, with probability p ~ Beta(a, b) across
    /// customers: the BG/NBD of P. Fader, B. Hardie, K. L. Lee, Marketing Science 24(2), 2005.
    /// </summary>
    public sealed record AfterEvent(double A, double B) : Dropout;

    /// <summary>
    /// At a hazard mu a week, mu ~ Gamma(shape, weeks) across customers times exp of the loads: the
    /// Pareto/NBD of D. Schmittlein, D. Morrison, R. Colombo, Management Science 33(1), 1987.
    /// </summary>
    public sealed record AnyTime(double Shape, double Weeks) : Dropout
    {
        /// <summary>Log-linear effects of latents on the hazard.</summary>
        public IReadOnlyList<Load> Loads { get; init; } = [];
    }
}
