using DToC.Twin.Plan;

namespace DToC.Grains;

/// <summary>An effect that is kept until its turn is durable: on its way from one grain to another.</summary>
/// <param name="Sender">Whose effect.</param>
/// <param name="Target">The grain it goes to.</param>
/// <param name="Message">What it is told.</param>
public readonly record struct SendUnderWay(GrainKey Sender, GrainKey Target, GrainMessage Message);

/// <summary>
/// How far an erasure reaches once its keys are closed. Who is one customer is decided in turns and carried out by their
/// effects; an erasure meets both halfway. What a turn decided before the keys were closed holds: whoever was merged
/// goes too, and whoever was split off stays and gets back what is theirs.
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
        var wider = subject;
        var families = new HashSet<string>(StringComparer.Ordinal);
        // Merged or met after the subject was found, and before its keys were closed.
        foreach (var customer in subject.Customers) await AddAsync(customer);
        foreach (var send in sends)
        {
            if (JoinedBy(subject, send) is { } other) await AddAsync(other);
        }
        foreach (var identifier in subject.Identifiers)
        {
            // Begun by such an identifier alone in the last moment before its id was closed.
            var minted = IdentityGrain.MintId(identifier);
            if (await store.ReadAsync(GrainKey.Customer(minted), cancellation) is not null) await AddAsync(minted);
        }
        return wider;

        async ValueTask AddAsync(string customer)
        {
            if (families.Contains(customer)) return;
            var found = await CustomerSubject.FindAsync(store, plans, customer, cancellation);
            families.UnionWith(found.Customers);
            wider = wider.And(found);
        }
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

    /// <summary>The customer who is one with the subject by an effect to it, or null.</summary>
    private static string? JoinedBy(DataSubject subject, SendUnderWay send)
    {
        if (!IsOf(subject, send.Target)) return null;
        return send.Message switch
        {
            CustomerMessage.Absorb absorb => absorb.Customer,
            CustomerMessage.Lead lead => lead.Customer,
            _ => null,
        };
    }

    private static bool IsOf(DataSubject subject, GrainKey key) =>
        key.Kind == GrainKind.Customer && subject.Is(key.Id);
}
