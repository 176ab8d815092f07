using System.Text;
using DToC.Grains;
using DToC.Http.Problems;
using DToC.Twin;
using DToC.Twin.Decisions;
using DToC.Twin.Events;
using DToC.Twin.State;

namespace DToC.Http.Twins;

/// <summary>A twin as last committed.</summary>
/// <param name="Customer">Its id, after the merges it went through.</param>
/// <param name="Activation">Its state, under the definition in force, and what it remembers of segments.</param>
/// <param name="Stored">The same as stored.</param>
internal sealed record FoundTwin(string Customer, CustomerActivation Activation, StoredState Stored)
{
    /// <summary>Its state.</summary>
    public CustomerState State => Activation.Twin;

    /// <summary>Its version.</summary>
    public long Version => Stored.Version;

    /// <summary>The facet that a decision was made for; null when there is none of it any more.</summary>
    public CustomerState? FacetOf(DecisionRecord record)
    {
        if (record.Persona is null) return State;
        var persona = State.Plan.Events.Personas.Find(record.Persona);
        return persona < 0 ? null : State.FacetOf(persona);
    }
}

/// <summary>Finds twins, and their pasts.</summary>
internal sealed class TwinLookup(ITwinHost host, HttpOptions options)
{
    private const int MaxHops = 4;

    /// <summary>The twin with an id, or the one it was merged into; null when there is none.</summary>
    public async ValueTask<FoundTwin?> FindAsync(string id, CancellationToken cancellation)
    {
        var customer = IdOf(id);
        if (!IsId(customer, options)) return null;
        for (var hop = 0; hop <= MaxHops; hop++)
        {
            if (await host.ReadAsync(GrainKey.Customer(customer), cancellation) is not { } stored)
            {
                return null;
            }
            var activation = CustomerCodec.Read(stored.Bytes.Span, host.Plans);
            if (activation.Twin.MovedTo is not { } target) return new FoundTwin(customer, activation, stored);
            customer = target;
        }
        return null;
    }

    /// <summary>The journal of a twin and of those merged into it, in the order of recording.</summary>
    public ValueTask<IReadOnlyList<JournalEntry>> JournalAsync(FoundTwin twin, CancellationToken cancellation) =>
        host.ReadJournalAsync(GrainKey.Customer(twin.Customer), twin.State, cancellation);

    /// <summary>A twin as of a moment; null when there was none yet.</summary>
    /// <param name="twin">The twin today.</param>
    /// <param name="past">A past moment; null for today's.</param>
    /// <param name="now">The moment of reading: what was withdrawn since is not shown.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async ValueTask<CustomerState?> AtAsync(
        FoundTwin twin, Instant? past, Instant now, CancellationToken cancellation)
    {
        if (past is not { } then) return twin.State;
        var journal = await JournalAsync(twin, cancellation);
        return journal.Any(entry => entry.OccurredAt <= then)
            ? CustomerHistory.At(journal, twin.State, host.Plans, then, now)
            : null;
    }

    /// <summary>A decision that was made of a twin; null when none of the id is kept.</summary>
    public async ValueTask<DecisionRecord?> DecisionAsync(
        FoundTwin twin, string decision, CancellationToken cancellation)
    {
        foreach (var entry in await JournalAsync(twin, cancellation))
        {
            if (entry.Kind != JournalKind.Decision) continue;
            var record = DecisionRecord.Read(Envelope.Open(entry.Payload.Span));
            if (record.Id == decision) return record;
        }
        return null;
    }

    /// <summary>The answer when there is no twin with an id: there never was, or it was erased.</summary>
    public ProblemResult NotFound(string id) =>
        IsId(IdOf(id), options) && host.IsErased(GrainKey.Customer(IdOf(id)))
            ? ProblemResult.Of(Reply.Erased.Instance, options)
            : new ProblemResult(
                ProblemKind.NotFound,
                $"No event or fact of a customer '{IdOf(id)}' was ever taken; send one first, or correct the id.");

    /// <summary>Whether a text can be a customer's id.</summary>
    public static bool IsId(string customer, HttpOptions options) =>
        customer.Length > 0 && Encoding.UTF8.GetByteCount(customer) <= options.Events.MaxCustomerBytes
        && !HypotheticalId.Is(customer);

    /// <summary>The customer id in a path: routing decodes all of it but the slash.</summary>
    public static string IdOf(string id) => id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
