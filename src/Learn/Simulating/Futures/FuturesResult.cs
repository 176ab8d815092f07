using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Simulation;

namespace DToC.Learn.Simulating.Futures;

/// <summary>One customer's futures, or why there are none.</summary>
public abstract record FuturesReading
{
    private FuturesReading()
    {
    }

    /// <summary>They were run.</summary>
    public sealed record Run(FuturesResult Futures) : FuturesReading;

    /// <summary>The request cannot be run; what is wrong and what would be right.</summary>
    public sealed record Wrong(string Fault) : FuturesReading;

    /// <summary>The customer takes no part, and why.</summary>
    /// <param name="Standing">How it stands.</param>
    /// <param name="Missing">The legal basis that is missing; null where it is not for want of one.</param>
    public sealed record Apart(MemberStanding Standing, string? Missing) : FuturesReading;
}

/// <summary>One customer's futures. The same request on the same state gives the same.</summary>
public sealed record FuturesResult
{
    /// <summary>The moment all paths begin.</summary>
    public required Instant Begin { get; init; }

    /// <summary>Weeks ahead.</summary>
    public required int Weeks { get; init; }

    /// <summary>Paths.</summary>
    public required int Paths { get; init; }

    /// <summary>Of all that was drawn.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Probability of the intervals.</summary>
    public required double Level { get; init; }

    /// <summary>Hash of definition and models, in hexadecimal.</summary>
    public required string PlanHash { get; init; }

    /// <summary>Currency of amounts; null when the definition names none.</summary>
    public string? Currency { get; init; }

    /// <summary>Share of the worlds in which the customer had left before.</summary>
    public required double GoneBefore { get; init; }

    /// <summary>Shares of worlds that quantiles are of.</summary>
    public IReadOnlyList<double> QuantileLevels => WorldSummary.Levels;

    /// <summary>The baseline, then the scenarios.</summary>
    public required IReadOnlyList<FuturesScenario> Scenarios { get; init; }

    /// <summary>Doing nothing, and each offer that could be made now, by what it comes to, the most first.</summary>
    public required IReadOnlyList<ActionValue> Actions { get; init; }

    /// <summary>Whether the customer is in the control group, so that no offer would be made.</summary>
    public required bool IsHeldOut { get; init; }

    /// <summary>What to beware of, a sentence each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }
}

/// <summary>The futures of a scenario.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Totals">By quantity: over all weeks.</param>
/// <param name="Weeks">The fan, week by week.</param>
/// <param name="Paths">A few paths as they went, by rising spend: those that lie at even shares of all.</param>
public sealed record FuturesScenario(
    string Name, IReadOnlyDictionary<string, QuantityResult> Totals, IReadOnlyList<FanWeek> Weeks,
    IReadOnlyList<WholePath> Paths);

/// <summary>The fan at the end of a week. Orders and spend are counted from the beginning.</summary>
/// <param name="Week">The week, from 1.</param>
/// <param name="Orders">Orders so far.</param>
/// <param name="Spend">Their amount so far.</param>
/// <param name="Left">Share of the worlds in which the customer has left, those before the beginning included.</param>
/// <param name="Satisfaction">
/// Satisfaction in the worlds in which the customer is there; null where the definition has no model of it.
/// </param>
public sealed record FanWeek(int Week, FanQuantity Orders, FanQuantity Spend, double Left, FanQuantity? Satisfaction);

/// <summary>A quantity of a fan.</summary>
/// <param name="Mean">Its mean over the worlds.</param>
/// <param name="Quantiles">The quantiles of <see cref="WorldSummary.Levels"/>.</param>
public sealed record FanQuantity(double Mean, IReadOnlyList<double> Quantiles);

/// <summary>One path.</summary>
/// <param name="World">The possible world it is in: the same one in every scenario.</param>
/// <param name="Share">Share of the paths that spend less.</param>
/// <param name="LeftInWeek">The week the customer leaves in, 0 for before the beginning; null for never.</param>
/// <param name="Weeks">The weeks with anything in them.</param>
public sealed record WholePath(int World, double Share, int? LeftInWeek, IReadOnlyList<PathWeek> Weeks);

/// <summary>A week of a path.</summary>
/// <param name="Week">The week, from 1.</param>
/// <param name="Orders">Orders.</param>
/// <param name="Spend">Their amount.</param>
/// <param name="Returns">Orders sent back.</param>
/// <param name="Contacts">Tickets and calls.</param>
public sealed record PathWeek(int Week, long Orders, double Spend, long Returns, long Contacts);

/// <summary>Something that can be done now, by what it comes to.</summary>
/// <param name="Offer">The offer; null for doing nothing.</param>
/// <param name="Channel">Its channel; null for doing nothing.</param>
/// <param name="Triggers">What would make the decision rules consider it.</param>
/// <param name="Propensity">Probability that the customer responds; null for doing nothing.</param>
/// <param name="PropensityInterval">Its interval; null where nothing says how sure it is.</param>
/// <param name="Value">
/// Value over the weeks with it: discounted margin of the path and what a response is worth.
/// </param>
/// <param name="Gain">The same less that of doing nothing, in the same worlds; chance of a response included.</param>
/// <param name="Expected">What it gains on average over responses, by world: what is not known of the customer.</param>
/// <param name="ShareBest">Share of worlds in which no other gains more on average; those alike count for
/// the first.</param>
public sealed record ActionValue(
    string? Offer, string? Channel, IReadOnlyList<string> Triggers, double? Propensity, Interval? PropensityInterval,
    WorldSummary Value, WorldSummary? Gain, WorldSummary? Expected, double ShareBest);
