using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Grains;

/// <summary>What a customer's grain is told.</summary>
public abstract record CustomerMessage : GrainMessage
{
    private CustomerMessage()
    {
    }

    /// <summary>Touchpoint events of this customer, in any order; folded in one turn, refolded at most once.</summary>
    public sealed record Observe(IReadOnlyList<TouchpointEvent> Events) : CustomerMessage;

    /// <summary>Consents as the customer gave them. Purposes the definition does not know are refused.</summary>
    public sealed record SetConsents(IReadOnlyList<ConsentChange> Changes, string Source) : CustomerMessage
    {
        /// <summary>When they were said, if not now; what was said of a purpose last stands.</summary>
        public Instant? At { get; init; }
    }

    /// <summary>Attributes declared, bought or concluded outside.</summary>
    public sealed record SetAttributes(
        AttributeOrigin Origin, string Source, Instant At, IReadOnlyList<AttributeChange> Changes) : CustomerMessage;

    /// <summary>A caller asks for the next best action in a context.</summary>
    /// <param name="Context">Values by context key (see
    /// <see cref="ContextKeys"/>); null leaves the remembered one.</param>
    public sealed record Decide(IReadOnlyList<string?> Context) : CustomerMessage
    {
        /// <summary>The persona to decide for, by name; null leaves it to the choice and the rules.</summary>
        public string? Persona { get; init; }
    }

    /// <summary>
    /// Take categories, by name, out of the journal that this customer kept when it was merged. Sent as an effect by
    /// the customer it was merged into, whose wish it is.
    /// </summary>
    public sealed record Forget(IReadOnlyList<string> Categories) : CustomerMessage;

    /// <summary>This customer turned out to be the same as another: move there.</summary>
    public sealed record MergeInto(string Customer) : CustomerMessage;

    /// <summary>This customer and another that was merged into it are not the same after all.</summary>
    public sealed record Split(string Customer) : CustomerMessage;

    /// <summary>
    /// The customer that holds this merged one is another now. Sent as an effect of whoever has taken it in, so that no
    /// id leads there by more than a merge.
    /// </summary>
    /// <param name="Customer">Whither to lead from now on.</param>
    /// <param name="Move">The <see cref="CustomerState.MoveNumber"/> this follows.</param>
    public sealed record Lead(string Customer, long Move) : CustomerMessage;

    /// <summary>
    /// Stand alone again, with what was sent to this merged customer meanwhile. Sent as effects of a split, or of a
    /// merge that was refused; the last of them opens it.
    /// </summary>
    /// <param name="Move">The <see cref="CustomerState.MoveNumber"/> it undoes.</param>
    /// <param name="Entries">What its journal gains, at most <see cref="MaxEntries"/>.</param>
    public sealed record Return(long Move, IReadOnlyList<JournalEntry> Entries) : CustomerMessage
    {
        /// <summary>Most entries in one message.</summary>
        public const int MaxEntries = 256;

        /// <summary>
        /// In the last: the turn facts as they are from now on, in the form of a checkpoint; else empty.
        /// </summary>
        public ReadOnlyMemory<byte> Facts { get; init; }

        /// <summary>
        /// In the last: the checkpoint its history begins with, if one was taken meanwhile; else empty.
        /// </summary>
        public ReadOnlyMemory<byte> Checkpoint { get; init; }

        /// <summary>In the last: how many of all entries were recorded after the checkpoint.</summary>
        public int Behind { get; init; }
    }

    /// <summary>
    /// A known customer shows an identifier that this one is linked to: move there if nothing stronger than it says
    /// who this one is. Otherwise the identifier is told so.
    /// </summary>
    /// <param name="Customer">The known customer.</param>
    /// <param name="Identifier">What both have shown.</param>
    public sealed record BecomeKnown(string Customer, Identifier Identifier) : CustomerMessage;

    /// <summary>
    /// Take in a customer who was merged into this one. Sent as an effect of <see cref="MergeInto"/>.
    /// </summary>
    /// <param name="Customer">Who was merged.</param>
    /// <param name="State">The state, in its stored form.</param>
    public sealed record Absorb(string Customer, ReadOnlyMemory<byte> State) : CustomerMessage
    {
        /// <summary>Most customers on its way and most that they have taken in, together.</summary>
        public const int MaxNamed = CustomerState.MaxMerged * CustomerState.MaxMerged;

        /// <summary>The <see cref="CustomerState.MoveNumber"/> of the customer.</summary>
        public long Move { get; init; }

        /// <summary>
        /// The merged customers it came by, the sender first: tells when it has come round in a ring.
        /// </summary>
        public IReadOnlyList<string> Path { get; init; } = [];

        /// <summary>Customers that those on its way have taken in.</summary>
        public IReadOnlyList<string> Taken { get; init; } = [];
    }
}

/// <summary>An attribute's new value: text, or a number (a boolean as 0 or 1).</summary>
public readonly record struct AttributeChange(string Attribute, string? Text, double? Number);

/// <summary>What a customer's grain answers.</summary>
public abstract record CustomerReply : Reply
{
    private CustomerReply()
    {
    }

    /// <summary>What became of each event, in the order of the message.</summary>
    /// <param name="Results">One an event.</param>
    /// <param name="Version">The state's version after the turn.</param>
    public sealed record Observed(IReadOnlyList<EventResult> Results, long Version) : CustomerReply;

    /// <summary>The decision made for a request.</summary>
    public sealed record Decided(DecisionRecord Decision) : CustomerReply;

    /// <summary>The message cannot be carried out as it is; nothing was changed.</summary>
    /// <param name="Field">Where.</param>
    /// <param name="Message">What was wrong and what would be right.</param>
    public sealed record Refused(string Field, string Message) : CustomerReply;
}

/// <summary>What became of an event.</summary>
public enum EventStatus : byte
{
    /// <summary>Folded, and durable.</summary>
    Accepted,

    /// <summary>Folded before; nothing changed.</summary>
    Duplicate,

    /// <summary>Not kept: no purpose has a legal basis for its category. Only a counter stays.</summary>
    NoLegalBasis,

    /// <summary>Not folded: older than the journal reaches back.</summary>
    TooOld,

    /// <summary>Not folded: the definition changed under way and no longer understands it.</summary>
    NotUnderstood,

    /// <summary>Not folded: it happened before the customer, who had been erased, was let in again.</summary>
    Erased,
}

/// <summary>What became of one event.</summary>
/// <param name="Status">What.</param>
/// <param name="Message">For people; null for accepted ones without a remark.</param>
public readonly record struct EventResult(EventStatus Status, string? Message)
{
    /// <summary>Identifiers that do not lead to the customer because it has as many values as it may.</summary>
    public int NotLinked { get; init; }
}
