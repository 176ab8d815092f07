using DToC.Grains;
using DToC.Http.Twins;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.State;

namespace DToC.Http.Decisions;

/// <summary>Decisions on their way to other systems: the one place that every way out passes.</summary>
internal sealed class LeavingDecisions(ITwinHost host, TwinLookup twins, TimeProvider time)
{
    /// <summary>A published decision as others get it now.</summary>
    /// <returns>
    /// Null of one without a winner, whose definition is not kept any more, whose customer was erased since, or that
    /// may not leave any more: the customer has said no since.
    /// </returns>
    public async ValueTask<NextBestActionForm?> ReadAsync(
        EffectId id, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var record = DecisionRecord.Read(Envelope.Open(payload.Span));
        if (record.Winner == Decider.NoWinner || record.Inputs.Holdout
            || host.Plans.Find(record.PlanHash) is not { } plan
            || record.Inputs.Now < host.ErasedUntil(id.Sender)
            || await twins.FindAsync(id.Sender.Id, cancellation) is not { } twin
            || twin.FacetOf(record) is not { } facet)
        {
            return null;
        }
        var offer = plan.Decisions.Offers[record.Candidates[record.Winner].Offer];
        return DeliveryGate.MayLeave(facet, plan, offer, Instant.From(time.GetUtcNow()))
            ? NextBestActionForm.Of(record, plan) : null;
    }
}
