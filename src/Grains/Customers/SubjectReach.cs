using DToC.Twin.Events;
using DToC.Twin.Plan;

namespace DToC.Grains;

/// <summary>An effect that is kept until its turn is durable: on its way from one grain to another.</summary>
/// <param name="Sender">Whose effect.</param>
/// <param name="Target">The grain it goes to.</param>
/// <param name="Message">What it is told.</param>
public readonly record struct SendUnderWay(GrainKey Sender, GrainKey Target, GrainMessage Message);

/// <summary>
/// How far an erasure reaches once its keys are closed. Who is one customer is decided in turns and carried out by
/// their effects; an erasure meets both halfway. What a turn decided before the keys were closed holds: whoever was
/// merged goes too, and whoever was split off stays and gets back what is theirs.
/// </summary>
public static class SubjectReach
{
    /// <summary>
    /// The subject with all who belong to it by what the store has now. To be asked again, and the new ones closed,
    /// until it grows no more.
    /// </summary>
    /// <param name="store">Shows what is kept of closed keys too.</param>
    /// <param name="plans">The definitions known.</param>
    /// <param name="subject">Who is closed.</param>
    /// <param name="sends">Effects under way to customers: at least those to the subject's.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async ValueTask<DataSubject> WidenAsync(
        ITwinStore store, PlanCatalog plans, DataSubject subject, IReadOnlyList<SendUnderWay> sends,
        CancellationToken cancellation)
    {
        // Merged or met after the subject was found, and before its keys were closed.
        var customers = new HashSet<string>(subject.Customers, StringComparer.Ordinal);
        foreach (var send in sends)
        {
            if (IsOf(subject, send.Target)) customers.UnionWith(BroughtBy(send.Message, plans));
        }
        foreach (var identifier in subject.Identifiers)
        {
            // Begun by such an identifier alone in the last moment before its id was closed.
            var minted = IdentityGrain.MintId(identifier);
            if (await store.ReadAsync(GrainKey.Customer(minted), cancellation) is not { } stored) continue;
            // One that leads to another is that one's past.
            var target = CustomerCodec.Read(stored.Bytes.Span, plans).Twin.MovedTo;
            if (target is null || subject.Is(target)) customers.Add(minted);
        }
        return subject.And(await CustomerSubject.FindAsync(store, plans, customers, cancellation));
    }

    /// <summary>
    /// The subject with the identifiers that nobody else has shown, whatever its journals still know of them.
    /// </summary>
    public static DataSubject WithIdentifiers(DataSubject subject, IEnumerable<KeptRecord> kept)
    {
        var own = new List<Identifier>();
        foreach (var record in kept)
        {
            if (record is not KeptRecord.Row { Key.Kind: GrainKind.Identity, Stored: var row }) continue;
            var end = row.Row.IndexOf('\n', StringComparison.Ordinal);
            if (CustomerSubject.IsOwn(IdentityRow.Read(row.Value.Span), subject.Customers))
                own.Add(new Identifier(row.Row[..end], row.Row[(end + 1)..]));
        }
        return subject.And(new DataSubject([], own));
    }

    /// <summary>
    /// Whether an effect must have arrived before anything of the subject is removed: the subject's own to others, for
    /// whom it holds what they get back or who they are, and one that takes another customer to the subject.
    /// </summary>
    public static bool MustArrive(DataSubject subject, SendUnderWay send)
    {
        if (IsOf(subject, send.Target)) return false;
        return IsOf(subject, send.Sender)
            || (send.Message is CustomerMessage.BecomeKnown known && subject.Is(known.Customer));
    }

    /// <summary>
    /// Customers who are one with whom a message comes to: merged into it, come back with it from a merge, or holding
    /// it now. Such a message to one who is being erased is not answered before they are closed too.
    /// </summary>
    public static IReadOnlyList<string> BroughtBy(GrainMessage message, PlanCatalog plans) => message switch
    {
        CustomerMessage.Absorb absorb => [absorb.Customer],
        CustomerMessage.Lead lead => [lead.Customer],
        CustomerMessage.Return { Facts.IsEmpty: false } back => CheckpointForm.Read(back.Facts, plans).Merged,
        _ => [],
    };

    private static bool IsOf(DataSubject subject, GrainKey key) =>
        key.Kind == GrainKind.Customer && subject.Is(key.Id);
}
