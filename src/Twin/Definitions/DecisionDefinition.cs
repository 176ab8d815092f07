namespace DToC.Twin.Definitions;

/// <summary>What makes a turn decide. A request by the API always may; it needs no trigger of its own.</summary>
/// <param name="When">Rule that must hold when the trigger is looked at; null for always.</param>
public sealed record TriggerDefinition(string Name, TriggerForm Form, RuleText? When, Position At);

/// <summary>Forms of trigger.</summary>
public abstract record TriggerForm
{
    private TriggerForm()
    {
    }

    /// <summary>Fires when one of these events is folded.</summary>
    public sealed record OnEvent(IReadOnlyList<Named> Events) : TriggerForm;

    /// <summary>Fires in the turn in which its rule becomes true (and not again until it was false).</summary>
    public sealed record Threshold : TriggerForm;

    /// <summary>Fires <paramref name="DelayHours"/> after the last of these events.</summary>
    public sealed record WakeUp(IReadOnlyList<Named> After, double DelayHours) : TriggerForm;
}

/// <summary>A channel an offer can leave by.</summary>
/// <param name="Outbound">True when the brand starts the contact: contact rules apply and a contact is counted.</param>
public sealed record ChannelDefinition(string Name, bool Outbound, ContactRules Contact, Position At);

/// <summary>How often and at what hour.</summary>
/// <param name="CoolDownHours">Hours that must lie between two contacts; 0 for none.</param>
/// <param name="Caps">At most so many contacts in so many days.</param>
/// <param name="QuietHours">Hours of the day without contact; null for none.</param>
public sealed record ContactRules(double CoolDownHours, IReadOnlyList<ContactCap> Caps, QuietHours? QuietHours)
{
    /// <summary>No rule.</summary>
    public static readonly ContactRules None = new(0, [], null);
}

/// <summary>
/// At most <paramref name="Count"/> contacts in any
/// <paramref name="Days"/> days (at most 16 contacts, 90 days).
/// </summary>
public sealed record ContactCap(int Count, double Days);

/// <summary>Minutes of the local day, from inclusive, to exclusive; from after to means over midnight.</summary>
public sealed record QuietHours(int FromMinute, int ToMinute);

/// <summary>A stable control group: this share of customers is decided for but not contacted.</summary>
/// <param name="Percent">0 to 50.</param>
/// <param name="Salt">Changes the draw; keep it to keep the group.</param>
public sealed record HoldoutDefinition(double Percent, string Salt, Position At);

/// <summary>A candidate of a decision. Its rank is propensity x context x value x lever.</summary>
/// <param name="Triggers">Triggers it answers; empty: all, requests
/// included; <c>request</c> names the API's request.</param>
/// <param name="Eligibility">May we offer it; null for always.</param>
/// <param name="Propensity">Probability of a response.</param>
/// <param name="ContextWeight">Fit to the moment; 1 when null.</param>
/// <param name="Value">Worth of a response.</param>
/// <param name="Lever">The brand's own thumb on the scale; 1 for none.</param>
/// <param name="CoolDownDays">Days before the same offer may be chosen again; 0 for none.</param>
/// <param name="Content">What the destination shows, as a JSON object; null for none.</param>
public sealed record OfferDefinition(
    string Name, Named Channel, Named Purpose, IReadOnlyList<Named> Triggers, RuleText? Eligibility,
    RuleText Propensity, RuleText? ContextWeight, RuleText Value, double Lever, double CoolDownDays,
    string? Content, Position At);
