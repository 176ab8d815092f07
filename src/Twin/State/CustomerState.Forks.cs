namespace DToC.Twin.State;

/// <content>Forks: copies that are run forward while the state stays as it is.</content>
public sealed partial class CustomerState
{
    /// <summary>
    /// Takes from a state of the same plan all that folding and deciding read of the customer as such, into memory that
    /// is there. Facets, identifiers and what tells duplicates stay out.
    /// </summary>
    /// <exception cref="ArgumentException">It is of another plan.</exception>
    internal void TakeFrom(CustomerState other)
    {
        if (other.Plan != Plan) throw new ArgumentException("A fork is of the same plan.", nameof(other));
        other.Longs.CopyTo(Longs, 0);
        other.Reals.CopyTo(Reals, 0);
        other.Bytes.CopyTo(Bytes, 0);
        other.Attributes.CopyTo(Attributes, 0);
        other.Consents.CopyTo(Consents, 0);
        Contacts.Clear();
        Contacts.AddRange(other.Contacts);
        Held.Clear();
        Held.AddRange(other.Held);
        (Newest, Kept, Kind, DecisionCount) = (other.Newest, other.Kept, other.Kind, other.DecisionCount);
    }
}
