using DToC.Twin.State;

namespace DToC.Twin.Decisions;

/// <summary>
/// All a decision rests on. The same inputs under the same plan give the same candidates bit for bit, so a recorded
/// decision can be rebuilt. A <see cref="TurnDecider"/> reuses one object over scratch arrays; what is recorded is
/// a copy of it (<see cref="Copy"/>) that nothing changes any more.
/// </summary>
public sealed class DecisionInputs
{
    /// <summary>The moment.</summary>
    public required Instant Now { get; set; }

    /// <summary>Slot of the trigger; the number of triggers stands for a request.</summary>
    public required int Trigger { get; set; }

    /// <summary>Features, scores, time, attributes.</summary>
    public required ReadOnlyMemory<double> Numbers { get; init; }

    /// <summary>Texts, the trigger's name among them.</summary>
    public required ReadOnlyMemory<ulong> Texts { get; init; }

    /// <summary>Lawful data categories by purpose.</summary>
    public required ReadOnlyMemory<ulong> Lawful { get; init; }

    /// <summary>Contacts so far, the oldest first.</summary>
    public required ReadOnlyMemory<Contact> Contacts { get; set; }

    /// <summary>Whether the customer is in the control group.</summary>
    public required bool Holdout { get; set; }

    /// <summary>The same over arrays of its own.</summary>
    public DecisionInputs Copy() => new()
    {
        Now = Now,
        Trigger = Trigger,
        Numbers = Numbers.ToArray(),
        Texts = Texts.ToArray(),
        Lawful = Lawful.ToArray(),
        Contacts = Contacts.ToArray(),
        Holdout = Holdout,
    };
}
