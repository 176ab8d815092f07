using DToC.Grains;
using DToC.Twin.Events;

namespace DToC.Cli.Folders;

/// <summary>
/// Remembers whom identifiers lead to while events fill a folder: a link is written after the turn that shows it. One
/// caller at a time.
/// </summary>
internal sealed class KnownCustomers : IIdentityMemory
{
    // More than the links that can wait to be written, so that none is forgotten before it is.
    private const int MaxRemembered = 500_000;

    // No customer has an empty id.
    private static readonly IdentityLead Doubtful = new("", IsShared: false);

    private Dictionary<Identifier, IdentityLead> _newer = [];
    private Dictionary<Identifier, IdentityLead> _older = [];

    /// <inheritdoc/>
    public bool TryRecall(Identifier identifier, out IdentityLead lead) =>
        Find(identifier, out lead) && lead != Doubtful;

    /// <inheritdoc/>
    public void Remember(Identifier identifier, IdentityLead lead)
    {
        // What is shared may turn out to be one customer's after all; the table is asked again.
        if (!lead.IsShared && !Find(identifier, out _)) Put(identifier, lead);
    }

    /// <inheritdoc/>
    public void Shown(Identifier identifier, string customer)
    {
        if (Find(identifier, out var lead) && lead.Customer != customer) Put(identifier, Doubtful);
    }

    private bool Find(Identifier identifier, out IdentityLead lead) =>
        _newer.TryGetValue(identifier, out lead) || _older.TryGetValue(identifier, out lead);

    private void Put(Identifier identifier, IdentityLead lead)
    {
        if (_newer.Count >= MaxRemembered)
            (_older, _newer) = (_newer, []);
        _newer[identifier] = lead;
    }
}
