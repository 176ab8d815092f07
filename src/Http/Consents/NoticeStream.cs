using System.Text.Json;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Routing;
using DToC.Http.Streams;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Consents;

/// <summary>What may not be used any more.</summary>
/// <param name="Id">The same however often it comes.</param>
/// <param name="Customer">Whose data.</param>
/// <param name="Time">When it took effect.</param>
/// <param name="Source">Through which system it was said; null when a consent expired.</param>
/// <param name="Closed">What was lawful and is no more.</param>
/// <param name="Forgotten">Categories of which nothing is kept any more.</param>
internal sealed record ConsentNoticeForm(
    string Id, string Customer, Instant Time, string? Source, IReadOnlyList<CategoryForPurpose> Closed,
    IReadOnlyList<string> Forgotten)
{
    /// <summary>A published notice as others get it.</summary>
    public static ConsentNoticeForm Of(EffectId id, ReadOnlyMemory<byte> payload)
    {
        var notice = ConsentNotice.Read(Envelope.Open(payload.Span));
        return new ConsentNoticeForm(
            IdOf(id, notice), notice.Customer, notice.At, notice.Source.Length == 0 ? null : notice.Source,
            notice.Closed, notice.Forgotten);
    }

    /// <summary>One under a pseudonym does not name the customer by its id either.</summary>
    private static string IdOf(EffectId id, ConsentNotice notice) =>
        notice.Customer == id.Sender.Id ? id.ToString() : DecisionRecord.IdOf(notice.Customer, id.Sequence);
}

/// <summary><c>GET /v1/consent/notices</c>: withdrawals for other systems, as Server-Sent Events.</summary>
internal static class NoticeStream
{
    public static void MapNotices(this IEndpointRouteBuilder app) =>
        app.Map(Routes.StreamConsentNotices, StreamAsync)
            .Produces<ConsentNoticeForm>(StatusCodes.Status200OK, "text/event-stream")
            .WithProblems(400, 429, 503);

    private static Task<IResult> StreamAsync(HttpContext http, string? from, PublishedStream stream) =>
        stream.RunAsync(http, from, new StreamForm(Topic.Consent, "consent-notice", static (published, _) =>
            new ValueTask<string?>(JsonSerializer.Serialize(
                ConsentNoticeForm.Of(published.Id, published.Payload), WireJson.Options))));
}
