using static DToC.Twin.Definitions.Reading.Key;
using static DToC.Twin.Definitions.Reading.Shapes;
using Limits = DToC.Twin.Definitions.DefinitionLimits;

namespace DToC.Twin.Definitions.Reading;

/// <summary>The keys of triggers, channels, contact rules, holdout and offers.</summary>
internal static class DecisionShape
{
    /// <summary>Word of a trigger by event.</summary>
    public const string OnEvent = "event";

    /// <summary>Word of a trigger by threshold.</summary>
    public const string Threshold = "threshold";

    /// <summary>Word of a trigger by wake-up.</summary>
    public const string WakeUp = "wakeUp";

    private const string KindOfTrigger = "What fires it.";

    private static readonly Key When = May("when", Rule, "Rule that must hold when the trigger is looked at.");

    /// <summary>One trigger.</summary>
    public static readonly Shape.Choice Trigger = new("kind", KindOfTrigger,
    [
        OfKind(OnEvent, Must("on", Names(EventName), "Events that fire it."), When),
        OfKind(Threshold,
            Must("when", Rule, "Rule that fires it in the turn in which it becomes true.")),
        OfKind(WakeUp,
            Must("after", Names(EventName), "Events whose last starts the delay."),
            Must("delayHours", AboveZeroUpTo(8760), "Hours after the last of these events."), When),
    ]);

    private static readonly Shape TimeOfDay = new Shape.Text(TextPattern.TimeOfDay);

    private static readonly IReadOnlyList<Key> ContactKeys =
    [
        May("coolDownHours", UpTo(24 * Limits.CapDays), "Hours between two contacts. Default 0."),
        May("caps", new Shape.ListOf(
            new Shape.Record(
            [
                Must("count", Whole(1, Limits.CapContacts), "Contacts."),
                Must("days", AboveZeroUpTo(Limits.CapDays), "Days."),
            ]), Limits.Caps), "At most so many contacts in any so many days."),
        May("quietHours", new Shape.Record(
            [
                Must("from", TimeOfDay, "First minute without contact."),
                Must("to", TimeOfDay, "First minute with contact again; before from means over midnight."),
            ],
            [new Agreement.Differ("from", "to")]), "Hours of the local day without contact."),
    ];

    /// <summary>Contact rules over all channels.</summary>
    public static readonly Shape ContactPolicy = new Shape.Record(ContactKeys);

    /// <summary>One channel.</summary>
    public static readonly Shape Channel = new Shape.Record(
    [
        Must("outbound", Flag, "True when the brand starts the contact: contact rules apply and it is counted."),
        .. ContactKeys,
    ]);

    /// <summary>The control group.</summary>
    public static readonly Shape Holdout = new Shape.Record(
    [
        Must("percent", UpTo(50), "Share of customers decided for but not contacted."),
        Must("salt", Name, "Changes the draw; keep it to keep the group."),
    ]);

    /// <summary>One offer.</summary>
    public static readonly Shape Offer = new Shape.Record(
    [
        Must("channel", Name, "Channel it leaves by."),
        Must("purpose", Name, "Purpose it serves."),
        May("triggers", Names(Name), "Triggers it answers; request is the API's. Default: all, requests included."),
        May("eligibility", Rule, "May we offer it. Default always."),
        Must("propensity", Rule, "Probability of a response."),
        May("contextWeight", Rule, "Fit to the moment. Default 1."),
        Must("value", Rule, "Worth of a response."),
        May("lever", UpTo(1000), "The brand's own thumb on the scale. Default 1."),
        May("coolDownDays", UpTo(3650), "Days before the same offer may be chosen again. Default 0."),
        May("content", new Shape.Content(), "What the destination shows."),
    ]);

    private static Variant OfKind(string kind, params IReadOnlyList<Key> own) =>
        Variant([kind], "kind", KindOfTrigger, [], own);
}
