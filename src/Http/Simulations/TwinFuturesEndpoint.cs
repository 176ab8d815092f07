using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Hypothetical;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Http.Twins;
using DToC.Learn.Simulating.Futures;
using DToC.Twin;
using DToC.Twin.Simulation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Simulations;

/// <summary>What is asked of one customer's futures; see <see cref="FuturesRequest"/>.</summary>
/// <param name="Hypothetical">Id of a hypothetical twin of this customer whose futures are run instead.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FuturesForm(
    int? HorizonWeeks, int? Paths, ulong? Seed, double? Level, int? WholePaths, double? DiscountRate,
    JsonElement? Scenarios, string? Hypothetical)
{
    /// <summary>The request, with what is not said as by default.</summary>
    public FuturesRequest ToRequest()
    {
        var byDefault = new FuturesRequest();
        return new FuturesRequest
        {
            Weeks = HorizonWeeks ?? byDefault.Weeks,
            Paths = Paths ?? byDefault.Paths,
            Seed = Seed ?? byDefault.Seed,
            Level = Level ?? byDefault.Level,
            Whole = WholePaths ?? byDefault.Whole,
            DiscountRate = DiscountRate ?? byDefault.DiscountRate,
            Scenarios = Scenarios is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } scenarios
                ? Encoding.UTF8.GetBytes(scenarios.GetRawText())
                : default,
        };
    }
}

/// <summary>One customer's futures.</summary>
/// <param name="Customer">The customer's id, after the merges it went through.</param>
/// <param name="Hypothetical">The hypothetical twin they are of; null for the customer's own.</param>
internal sealed record TwinFuturesForm(string Customer, string? Hypothetical, FuturesResult Futures);

/// <summary><c>POST /v1/twins/{id}/simulate</c>.</summary>
internal static class TwinFuturesEndpoint
{
    public static void MapTwinFutures(this IEndpointRouteBuilder app) =>
        app.Map(SimulationRoutes.OneTwin, SimulateAsync).Takes<FuturesForm>(isRequired: false, "application/json")
            .Produces<TwinFuturesForm>().WithProblems(400, 404, 410, 413, 422, 429);

    private static async Task<Results<JsonHttpResult<TwinFuturesForm>, ProblemResult>> SimulateAsync(
        string id, HttpContext http, TwinLookup twins, HypotheticalTwins hypothetical, FuturesRoom room, ITwinHost host,
        HttpOptions options, TimeProvider time)
    {
        var form = await RequestBody.ReadJsonAsync<FuturesForm>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        var request = form?.ToRequest() ?? new FuturesRequest();
        if (request.Problem() is { } wrong) return new ProblemResult(ProblemKind.Malformed, $"{wrong}.");
        if (await twins.FindAsync(id, http.RequestAborted) is not { } twin) return twins.NotFound(id);
        var (state, begin) = (twin.State, Instant.From(time.GetUtcNow()));
        if (form?.Hypothetical is { } name)
        {
            var found = await hypothetical.FindAsync(name, http.RequestAborted);
            // Of another customer is as good as of none: whose it is is not told.
            if (found is null || found.Kept.Customer != twin.Customer) return HypotheticalTwins.NotFound(name);
            (state, begin) = (found.Twin.State, found.AsOf);
        }
        using var place = await room.EnterAsync(http.RequestAborted);
        if (place is null) return FuturesRoom.Full();
        return CustomerFutures.Of(
            host.Plans.Current, state, twin.Customer, begin, request, http.RequestAborted) switch
        {
            FuturesReading.Run run => TypedResults.Json(
                new TwinFuturesForm(twin.Customer, form?.Hypothetical, run.Futures), WireJson.Options),
            FuturesReading.Wrong { Fault: var fault } => new ProblemResult(ProblemKind.NotPossible, fault),
            FuturesReading.Apart apart => new ProblemResult(ProblemKind.NotPossible, WhyApart(apart)),
            var other => throw new InvalidOperationException($"Unknown reading {other.GetType().Name}."),
        };
    }

    private static string WhyApart(FuturesReading.Apart apart) => apart.Standing switch
    {
        MemberStanding.NoLegalBasis =>
            $"This customer may not be simulated: {apart.Missing ?? "there is no legal basis for it"}.",
        MemberStanding.NoPurchases =>
            "This customer has not bought anything yet, and the model of purchases says nothing of such customers.",
        MemberStanding.Merged => "This customer was merged into another; name that one.",
        _ => "The model of purchases cannot read this customer's history.",
    };
}

/// <summary>
/// Room for futures that are run in the request they are asked for with: each takes a processor for a while, so only a
/// few are at one time.
/// </summary>
internal sealed class FuturesRoom : IDisposable
{
    private const int MostWaiting = 32;

    private readonly SemaphoreSlim _places = new(Math.Max(1, Environment.ProcessorCount / 2));
    private int _waiting;

    /// <summary>A place, given back when it is disposed; null when too many wait for one.</summary>
    public async ValueTask<IDisposable?> EnterAsync(CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            return null;
        }
        try
        {
            await _places.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
        return new Place(_places);
    }

    /// <summary>The answer when there is none.</summary>
    public static ProblemResult Full() => new(
        ProblemKind.Busy, $"{MostWaiting} requests for futures wait already; come back in a moment.")
    {
        RetryAfter = TimeSpan.FromSeconds(2),
    };

    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        public void Dispose() => places.Release();
    }
}
