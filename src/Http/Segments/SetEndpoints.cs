using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using DToC.Twin.Segments.Differences;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Segments;

/// <summary>Segments whose members are compared.</summary>
/// <param name="Segments">Names of segments; null for all.</param>
internal sealed record OverlapRequest(IReadOnlyList<string>? Segments);

/// <summary>Who is in several segments.</summary>
internal sealed record OverlapForm(
    Instant AsOf, bool IsComplete, long Everybody, IReadOnlyDictionary<string, long> Sizes,
    IReadOnlyList<PairForm> Pairs);

/// <summary>Members that two segments have in common.</summary>
/// <param name="Both">Members of both.</param>
/// <param name="Jaccard">Of the members of either, the share that are in both; null where there are none.</param>
/// <param name="Lift">
/// How many times as many as there would be were membership in one no sign of membership in the other; null where that
/// would be nobody.
/// </param>
internal sealed record PairForm(string One, string Other, long Both, double? Jaccard, double? Lift);

/// <summary>A set made of segments.</summary>
/// <param name="Set">Names of segments joined by and, or, not and parentheses.</param>
/// <param name="Sample">How many members to show, 0 to 100; 20 unless given.</param>
internal sealed record SetRequest(string? Set, int? Sample);

/// <summary>What is known of a set made of segments.</summary>
/// <param name="Purpose">The purpose of all the segments it is made of.</param>
/// <param name="Size">Exactly how many.</param>
/// <param name="Sample">Some of them.</param>
internal sealed record SetForm(
    string Set, string Purpose, Instant AsOf, bool IsComplete, long Size, TallyForm Counted,
    IReadOnlyList<string> Sample);

/// <summary><c>POST /v1/segments/overlap</c> and <c>/evaluate</c>.</summary>
internal static class SetEndpoints
{
    private const string MediaType = "application/json";

    // A matrix of 64 has 2,016 pairs.
    private const int MaxSegments = 64;
    private const int MaxSample = 100;

    public static void MapSegmentSets(this IEndpointRouteBuilder app)
    {
        app.Map(SegmentRoutes.Overlap, OverlapAsync)
            .Takes<OverlapRequest>(isRequired: false, MediaType).Produces<OverlapForm>().WithProblems(400, 413);
        app.Map(SegmentRoutes.Evaluate, EvaluateAsync)
            .Takes<SetRequest>(isRequired: true, MediaType).Produces<SetForm>().WithProblems(400, 413, 422);
    }

    private static async Task<Results<JsonHttpResult<OverlapForm>, ProblemResult>> OverlapAsync(
        HttpContext http, ITwinHost host, HttpOptions options)
    {
        var wanted = await RequestBody.ReadJsonAsync<OverlapRequest>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        var reading = await host.ReadSegmentsAsync(http.RequestAborted);
        var (tallies, plan) = (reading.Tallies, reading.Tallies.Plan);
        List<string> names =
            [.. (wanted?.Segments ?? [.. plan.Segments.Select(s => s.Name)]).Distinct(StringComparer.Ordinal)];
        if (names.Count > MaxSegments)
            return Malformed($"There are {names.Count} segments; name at most {MaxSegments} of them.");
        if (names.Find(name => plan.Segmentation.Find(name) < 0) is { } unknown)
            return Malformed($"{SegmentLookup.NoSuch(plan, unknown)}.");
        var slots = names.ConvertAll(plan.Segmentation.Find);
        var sizes = slots.ConvertAll(slot => tallies.Overlap(slot, slot));
        var everybody = plan.Segmentation.IsAny ? tallies.OfEverybody(plan.Segmentation.Purposes[0]).Size : 0;
        List<PairForm> pairs = [];
        for (var i = 0; i < slots.Count; i++)
        {
            for (var k = i + 1; k < slots.Count; k++)
            {
                var both = tallies.Overlap(slots[i], slots[k]);
                var (either, chance) = (sizes[i] + sizes[k] - both, (double)sizes[i] * sizes[k] / everybody);
                pairs.Add(new PairForm(
                    names[i], names[k], both, either == 0 ? null : (double)both / either,
                    chance > 0 ? both / chance : null));
            }
        }
        return TypedResults.Json(
            new OverlapForm(
                reading.At, reading.IsComplete, everybody,
                names.Zip(sizes).ToDictionary(of => of.First, of => of.Second, StringComparer.Ordinal), pairs),
            WireJson.Options);
    }

    private static async Task<Results<JsonHttpResult<SetForm>, ProblemResult>> EvaluateAsync(
        HttpContext http, ITwinHost host, HttpOptions options, TimeProvider time)
    {
        var wanted = await RequestBody.ReadJsonAsync<SetRequest>(
            http.Request, options.MaxBodyBytes, http.RequestAborted);
        if (string.IsNullOrWhiteSpace(wanted?.Set))
            return Malformed("set must join names of segments, as in {\"set\": \"valuable and not at_risk\"}.");
        var most = wanted.Sample ?? 20;
        if (most is < 0 or > MaxSample) return Malformed($"sample is {most}; it must be 0 to {MaxSample}.");
        var reading = await host.ReadSegmentsAsync(http.RequestAborted);
        var plan = reading.Tallies.Plan;
        var (set, wrong) = SegmentSet.Read(wanted.Set, plan);
        if (set is null) return Malformed(wrong);
        if (reading.Tallies.OfSet(set.Purpose, set.Holds) is not { } tally) return DifferenceEndpoint.TooMany();
        var sample = await SampleAsync(set, reading, host, most, Instant.From(time.GetUtcNow()), http.RequestAborted);
        return TypedResults.Json(
            new SetForm(
                wanted.Set, plan.Consent.Purposes[set.Purpose], reading.At, reading.IsComplete, tally.Size,
                TallyForm.Of(tally), sample),
            WireJson.Options);
    }

    /// <summary>
    /// Those of the samples of the segments and of everybody who are in the set: of each the same uniform choice.
    /// </summary>
    private static async Task<List<string>> SampleAsync(
        SegmentSet set, SegmentsReading reading, ITwinHost host, int most, Instant now, CancellationToken cancellation)
    {
        var reader = new MembershipReader(reading.Tallies.Plan, now);
        var looked = new HashSet<string>(StringComparer.Ordinal);
        List<string> sample = [];
        foreach (var id in set.Segments.SelectMany(reading.Sample).Concat(reading.SampleOfEverybody()))
        {
            if (sample.Count == most) break;
            if (!looked.Add(id)) continue;
            if (await host.ReadAsync(GrainKey.Customer(id), cancellation) is not { } stored) continue;
            var customer = CustomerCodec.Read(stored.Bytes.Span, host.Plans);
            if (customer.Twin.MovedTo is null && set.Holds(slot => reader.IsIn(customer, slot))) sample.Add(id);
        }
        return sample;
    }

    private static ProblemResult Malformed(string detail) => new(ProblemKind.Malformed, detail);
}
