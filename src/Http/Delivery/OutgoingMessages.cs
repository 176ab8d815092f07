using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DToC.Grains;
using DToC.Http.Consents;
using DToC.Http.Decisions;
using DToC.Http.Erasures;
using DToC.Http.Json;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.State;

namespace DToC.Http.Delivery;

/// <summary>Makes messages of published effects.</summary>
internal sealed class OutgoingMessages(ITwinHost host, LeavingDecisions leaving)
{
    private const string IdPrefix = "eff_";
    private const int IdBytes = 16;

    /// <summary>
    /// The id of an effect as receivers know it, the same however often it is sent: a hash, as the effect's own id
    /// names the customer.
    /// </summary>
    public static string IdOf(EffectId effect) => IdPrefix + Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(effect.ToString())).AsSpan(0, IdBytes));

    /// <summary>When an effect was published, and whether a destination is to be told of it.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public (Instant Since, bool IsWanted) Look(Destination destination, Topic topic, ReadOnlyMemory<byte> payload)
    {
        if (topic == Topic.Erasure) return (ErasureReceipt.FromBytes(payload.Span).At, true);
        if (topic == Topic.Consent) return (ConsentNotice.Read(Envelope.Open(payload.Span)).At, true);
        var record = DecisionRecord.Read(Envelope.Open(payload.Span));
        if (record.Winner == Decider.NoWinner || host.Plans.Find(record.PlanHash) is not { } plan)
            return (record.Inputs.Now, false);
        var offer = plan.Decisions.Offers[record.Candidates[record.Winner].Offer];
        return (record.Inputs.Now, destination.Wants(offer.Name, plan.Decisions.Channels[offer.Channel].Name));
    }

    /// <summary>What is sent of an effect now; null when it may not leave any more.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public async ValueTask<OutgoingMessage?> ReadAsync(
        Destination destination, EffectId effect, Topic topic, ReadOnlyMemory<byte> payload,
        CancellationToken cancellation)
    {
        var (type, at, form) = await FormAsync(effect, topic, payload, cancellation);
        if (form is null) return null;
        var id = IdOf(effect);
        var message = new JsonObject
        {
            ["id"] = id,
            ["type"] = type,
            ["timestamp"] = at.ToString(),
            ["data"] = JsonSerializer.SerializeToNode(form, form.GetType(), WireJson.Options),
        };
        var routingKey = destination.RoutingKey?.ApplyText(message) ?? "";
        var body = destination.Template is { } template ? template.Apply(message) : message;
        return new OutgoingMessage(
            id, type, JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Options), routingKey);
    }

    private async ValueTask<(string Type, Instant At, object? Form)> FormAsync(
        EffectId effect, Topic topic, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        switch (topic)
        {
            case Topic.Decision:
                var decision = await leaving.ReadAsync(effect, payload, cancellation);
                return ("next-best-action", decision?.Time ?? Instant.Never, decision);
            case Topic.Consent:
                var notice = ConsentNoticeForm.Of(effect, payload);
                var isOfErased = notice.Time < host.ErasedUntil(effect.Sender);
                return ("consent-notice", notice.Time, isOfErased ? null : notice);
            default:
                var erasure = ErasureNoticeForm.Of(payload);
                return ("erasure", erasure.Time, erasure);
        }
    }
}
