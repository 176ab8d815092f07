using DToC.Grains;
using DToC.Http.Limits;
using DToC.Http.Problems;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.State;
using DToC.Twin.Views;

namespace DToC.Http.Hypothetical;

/// <summary>A hypothetical twin as it stands.</summary>
/// <param name="Kept">What is kept of it.</param>
/// <param name="Twin">What it gives.</param>
/// <param name="Real">The customer's twin it stands on; null for somebody made up.</param>
/// <param name="AsOf">The moment it stands at.</param>
/// <param name="Compared">
/// The customer's state at that moment, under the same definition, without what is assumed; null for somebody made up.
/// </param>
internal sealed record FoundHypothetical(
    KeptHypothesis Kept, HypotheticalTwin Twin, FoundTwin? Real, Instant AsOf, CustomerState? Compared)
{
    /// <summary>A facet of it as twins are read; unless one is named, the one assumed to be chosen.</summary>
    public TwinView View(string? persona) =>
        TwinView.Of(Whose, FacetOf(persona), AsOf) with { Customer = Kept.Id };

    /// <summary>The facet that is looked at.</summary>
    public CustomerState FacetOf(string? persona) =>
        AskedMoment.FacetOf(Twin.State, persona ?? Kept.Assumed.Persona);

    /// <summary>What differs from the customer's own; null for somebody made up.</summary>
    public DifferenceView? Difference(TwinView view, string? persona) => Compared is null
        ? null
        : DifferenceView.Between(TwinView.Of(Whose, AskedMoment.FacetOf(Compared, persona), AsOf), view);

    /// <summary>As it is answered.</summary>
    public HypotheticalForm ToForm(string? persona)
    {
        var view = View(persona);
        return new HypotheticalForm(
            Kept.Id, Kept.Name, Kept.Customer, Kept.Assumed.MadeAt, Kept.ExpiresAt, Kept.Events, view,
            Difference(view, persona));
    }

    // Whom the control group is drawn for.
    private string Whose => Kept.Customer ?? Kept.Id;
}

/// <summary>
/// Makes hypothetical twins and finds them again: each is folded when it is asked for, from what is kept of it and the
/// customer's twin of that moment, if the customer still allows all that it was made under.
/// </summary>
internal sealed class HypotheticalTwins(
    HypothesisShelf shelf, TwinLookup twins, ITwinHost host, HttpOptions options, SharedRoom room, TimeProvider time)
{
    // A twin that changes while its journal is read is looked at again so often.
    private const int Looks = 3;

    private Instant Now => Instant.From(time.GetUtcNow());

    /// <summary>Keeps a hypothesis if it can be folded; the problem when it cannot.</summary>
    public async ValueTask<(FoundHypothetical? Found, ProblemResult? Problem)> MakeAsync(
        KeptHypothesis hypothesis, FoundTwin? real, CancellationToken cancellation)
    {
        var now = hypothesis.Assumed.MadeAt;
        var (found, problem) = await FoldAsync(hypothesis, real, now, cancellation);
        if (found is null) return (null, problem);
        return shelf.Add(hypothesis) is { } over ? (null, room.Over(Limit.HypotheticalTwins, over)) : (found, null);
    }

    /// <summary>
    /// Finds one and folds it; null when there is none, or its customer does not allow any more what it was made under.
    /// <see cref="HypotheticalTwin.Stored"/> of what it finds is a state to go on from.
    /// </summary>
    public async ValueTask<FoundHypothetical?> FindAsync(string id, CancellationToken cancellation)
    {
        if (shelf.Find(id) is not { } kept) return null;
        var now = Now;
        var real = kept.Customer is null ? null : await RealAsync(kept, now, cancellation);
        if (kept.Customer is not null && real is null) return Gone(id);
        var (found, _) = await FoldAsync(kept, real, now, cancellation);
        return found ?? Gone(id);
    }

    /// <summary>Lets more happen to one that was found; the problem when it cannot.</summary>
    public async ValueTask<(FoundHypothetical? Found, ProblemResult? Problem)> ObserveAsync(
        FoundHypothetical before, AssumedEvents events, CancellationToken cancellation)
    {
        var assumed = before.Kept.Assumed;
        var after = before.Kept.Assuming(assumed with { Events = [.. assumed.Events, events] });
        var (found, problem) = await FoldAsync(after, before.Real, Now, cancellation);
        if (found is null) return (null, problem);
        if (shelf.Replace(before.Kept, after, out var isDone) is { } over)
            return (null, room.Over(Limit.HypotheticalTwins, over));
        return isDone
            ? (found, null)
            : (null, new ProblemResult(
                ProblemKind.Conflict,
                "Something else happened to this hypothetical twin at the same time; nothing of this did. Send it "
                + "again."));
    }

    /// <summary>Asks for the next best action; nothing of it stays.</summary>
    public async ValueTask<Reply> DecideAsync(
        FoundHypothetical found, CustomerMessage.Decide message, CancellationToken cancellation)
    {
        var now = Now;
        if (found.Twin.Decide(message, now) is { } reply) return reply;
        var real = found.Real ?? throw new InvalidOperationException("Somebody made up asked for a journal.");
        var history = await host.ReadHistoryAsync(FamilyOf(real), cancellation);
        return HypotheticalTwin.Of(found.Kept.Assumed, Of(real), host.Plans, now, history) is
            HypothesisResult.Folded folded && folded.Twin.Decide(message, now) is { } answer
            ? answer
            : throw new InvalidOperationException("A hypothetical twin that was folded before was not folded again.");
    }

    /// <summary>The answer when there is none.</summary>
    public static ProblemResult NotFound(string id) => new(
        ProblemKind.NotFound,
        $"There is no hypothetical twin '{id}': it was let go, has expired, or its customer does not allow any more "
        + "what it was made under. GET /v1/hypothetical lists those of this key.");

    /// <summary>The customer's twin, while it is its own and allows what it allowed; else null.</summary>
    private async ValueTask<FoundTwin?> RealAsync(KeptHypothesis kept, Instant now, CancellationToken cancellation)
    {
        if (kept.Customer is not { } customer || kept.Lawful is not { } lawful) return null;
        if (host.IsErased(GrainKey.Customer(customer))) return null;
        return await twins.FindAsync(customer, cancellation) is { } real && real.Customer == customer
            && lawful.HoldIn(real.State, now)
            ? real
            : null;
    }

    private async ValueTask<(FoundHypothetical? Found, ProblemResult? Problem)> FoldAsync(
        KeptHypothesis kept, FoundTwin? real, Instant now, CancellationToken cancellation)
    {
        var plans = host.Plans;
        History? history = null;
        var result = HypotheticalTwin.Of(kept.Assumed, Of(real), plans, now);
        for (var look = 1; result is HypothesisResult.NeedsHistory needs; look++)
        {
            history = await host.ReadHistoryAsync(needs.Keys, cancellation);
            var again = await twins.FindAsync(kept.Customer ?? kept.Id, cancellation);
            // Merged or erased meanwhile.
            if (again is null || again.Customer != kept.Customer) return (null, NotFound(kept.Id));
            var isSame = again.Version == real?.Version;
            real = again;
            if (isSame || look == Looks) result = HypotheticalTwin.Of(kept.Assumed, Of(real), plans, now, history);
        }
        if (result is HypothesisResult.Refused refused) return (null, Problem(refused));
        var twin = ((HypothesisResult.Folded)result).Twin;
        var compared = real is null ? null : Compared(kept.Assumed, real, plans, now, history);
        return (new FoundHypothetical(kept, twin, real, kept.Assumed.AsOf(now), compared), null);
    }

    /// <summary>The customer as it is; of a past moment as it was, folded as the hypothetical one is.</summary>
    private static CustomerState Compared(
        Hypothesis assumed, FoundTwin real, PlanCatalog plans, Instant now, History? history) =>
        assumed.At < now && HypotheticalTwin.Of(assumed.Bare, Of(real), plans, now, history)
            is HypothesisResult.Folded bare
            ? bare.Twin.State
            : real.State;

    private static RealTwin? Of(FoundTwin? real) => real is null ? null : new(real.Customer, real.Stored.Bytes);

    private static IReadOnlyList<GrainKey> FamilyOf(FoundTwin real) =>
        [GrainKey.Customer(real.Customer), .. real.State.Merged.Select(GrainKey.Customer)];

    private FoundHypothetical? Gone(string id)
    {
        shelf.Remove(id);
        return null;
    }

    private ProblemResult Problem(HypothesisResult.Refused refused) =>
        ProblemResult.Of(new CustomerReply.Refused(refused.Field, refused.Message), options);
}
