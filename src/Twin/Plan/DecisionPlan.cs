using DToC.Twin.Definitions;
using DToC.Twin.Rules;

namespace DToC.Twin.Plan;

/// <summary>Triggers, channels and offers, compiled.</summary>
public sealed class DecisionPlan
{
    /// <summary>Triggers by slot; at most 64.</summary>
    public required TriggerPlan[] Triggers { get; init; }

    /// <summary>By event type: mask of event triggers it fires.</summary>
    public required ulong[] FiredByEvent { get; init; }

    /// <summary>Mask of threshold triggers.</summary>
    public required ulong Thresholds { get; init; }

    /// <summary>Mask of wake-up triggers.</summary>
    public required ulong WakeUps { get; init; }

    /// <summary>Channels by slot.</summary>
    public required ChannelPlan[] Channels { get; init; }

    /// <summary>Contact rules over all outbound channels.</summary>
    public required ContactRules ContactPolicy { get; init; }

    /// <summary>Share of customers in the control group, 0 to 0.5.</summary>
    public required double HoldoutShare { get; init; }

    /// <summary>Hash of the holdout's salt.</summary>
    public required ulong HoldoutSalt { get; init; }

    /// <summary>Offers by slot.</summary>
    public required OfferPlan[] Offers { get; init; }

    /// <summary>By trigger slot, and behind them for a request: slots of the offers that answer.</summary>
    public required int[][] Candidates { get; init; }

    /// <summary>The same with other offers, in the same slots, and another contact policy.</summary>
    internal DecisionPlan With(OfferPlan[] offers, ContactRules contactPolicy) => new()
    {
        Triggers = Triggers,
        FiredByEvent = FiredByEvent,
        Thresholds = Thresholds,
        WakeUps = WakeUps,
        Channels = Channels,
        ContactPolicy = contactPolicy,
        HoldoutShare = HoldoutShare,
        HoldoutSalt = HoldoutSalt,
        Offers = offers,
        Candidates = Candidates,
    };

    /// <summary>Name of the trigger that is an API request.</summary>
    public const string Request = "request";

    private static readonly ulong RequestHash = StableHash.Of(Request);

    /// <summary>Slot in <see cref="Candidates"/> of a request.</summary>
    public int RequestSlot => Triggers.Length;

    /// <summary>Name of a trigger slot, a request's included.</summary>
    public string TriggerName(int slot) => slot == RequestSlot ? Request : Triggers[slot].Name;

    /// <summary>Hash of a trigger slot's name, a request's included.</summary>
    public ulong TriggerHash(int slot) => slot == RequestSlot ? RequestHash : Triggers[slot].NameHash;
}

/// <summary>A trigger, compiled.</summary>
/// <param name="Name">Its name.</param>
/// <param name="NameHash">Hash of the name, for states and rules.</param>
/// <param name="When">Rule that must hold, or null.</param>
/// <param name="LastAt">For a wake-up: long slot of the last of its events; else -1.</param>
/// <param name="DelayMs">For a wake-up.</param>
public sealed record TriggerPlan(string Name, ulong NameHash, Expression? When, int LastAt, long DelayMs);

/// <summary>A channel, compiled.</summary>
public sealed record ChannelPlan(string Name, ulong NameHash, bool Outbound, ContactRules Contact);

/// <summary>An offer, compiled.</summary>
public sealed record OfferPlan
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Hash of the name, for states.</summary>
    public required ulong NameHash { get; init; }

    /// <summary>Slot of the channel.</summary>
    public required int Channel { get; init; }

    /// <summary>Slot of the purpose.</summary>
    public required int Purpose { get; init; }

    /// <summary>Data categories its rules rest on.</summary>
    public required ulong Categories { get; init; }

    /// <summary>May we offer it; null for always.</summary>
    public required Expression? Eligibility { get; init; }

    /// <summary>Probability of a response.</summary>
    public required Expression Propensity { get; init; }

    /// <summary>Fit to the moment, or null for 1.</summary>
    public required Expression? ContextWeight { get; init; }

    /// <summary>Worth of a response.</summary>
    public required Expression Value { get; init; }

    /// <summary>The brand's own weight.</summary>
    public required double Lever { get; init; }

    /// <summary>Milliseconds before it may be chosen again.</summary>
    public required long CoolDownMs { get; init; }

    /// <summary>JSON object shown by the destination, or null.</summary>
    public required string? Content { get; init; }
}
