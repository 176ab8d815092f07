using DToC.Twin.Events;

namespace DToC.Grains;

/// <summary>Whom an identifier leads to.</summary>
/// <param name="Customer">The customer; null when it leads to nobody.</param>
/// <param name="IsShared">Whether that is because it belongs to several; otherwise nobody has shown it yet.</param>
public readonly record struct IdentityLead(string? Customer, bool IsShared)
{
    /// <summary>To nobody, as it is shared.</summary>
    public static readonly IdentityLead Shared = new(null, IsShared: true);
}

/// <summary>
/// What a door remembers of identifiers: found there a moment ago, or about to be linked by a turn under way.
/// </summary>
public interface IIdentityMemory
{
    /// <summary>What is remembered; false when nothing is, or it is doubtful.</summary>
    bool TryRecall(Identifier identifier, out IdentityLead lead);

    /// <summary>Remembers it, unless something is remembered or doubtful already.</summary>
    void Remember(Identifier identifier, IdentityLead lead);

    /// <summary>
    /// An event of this customer showed it: when another lead is remembered, that is doubtful from now on, and the
    /// table is asked.
    /// </summary>
    void Shown(Identifier identifier, string customer);
}
