using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Http.Json;
using DToC.Http.Problems;
using DToC.Http.Routing;
using DToC.Twin;
using DToC.Twin.Models;
using DToC.Twin.Plan;
using DToC.Twin.Segments;
using DToC.Twin.Segments.Differences;
using DToC.Twin.Views;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DToC.Http.Segments;

/// <summary>What makes a segment different from others.</summary>
/// <param name="From">From whom: rest, or another segment, of which those in both are left out.</param>
/// <param name="Level">Probability of the intervals; what is found is chance in no more than the rest of cases.</param>
/// <param name="Size">Members.</param>
/// <param name="Others">How many the others are.</param>
/// <param name="Differences">The surest first, and what is not compared last.</param>
internal sealed record DifferenceForm(
    string Name, string From, double Level, Instant AsOf, bool IsComplete, long Size, long Others,
    IReadOnlyList<ContrastForm> Differences);

/// <summary>A number or share of a segment and of others.</summary>
/// <param name="Value">Mean or share; null where too few have it to be told.</param>
/// <param name="Difference">Value less the others'; null, as all below, when not compared.</param>
/// <param name="Lift">Value over the others'; null where one of them is not above 0.</param>
/// <param name="Probability">Of a difference at least as large, were there none.</param>
/// <param name="Corrected">The same, corrected for all that was asked at once.</param>
/// <param name="IsFound">Whether it is called a difference at the level.</param>
/// <param name="InRule">Whether the segment's own rule reads it, so that it must differ.</param>
internal sealed record ContrastForm(
    ContrastOf Of, string Name, double? Value, long Count, double? OtherValue, long OtherCount, double? Difference,
    IntervalView? Interval, double? Lift, IntervalView? LiftInterval, double? Statistic, double? Probability,
    double? Corrected, bool IsFound, bool InRule)
{
    /// <summary>Why it is not compared; null when it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NotCompared? NotCompared { get; init; }

    /// <summary>A contrast as it is shown.</summary>
    public static ContrastForm Show(GroupContrast contrast, bool inRule, double level)
    {
        var test = contrast.Contrast;
        return new ContrastForm(
            contrast.Of, contrast.Name, NumberForm.Finite(contrast.Value), contrast.Count,
            NumberForm.Finite(contrast.OtherValue), contrast.OtherCount, NumberForm.Finite(test.Difference),
            IntervalView.Of(test.Interval), NumberForm.Finite(test.Lift), IntervalView.Of(test.LiftInterval),
            NumberForm.Finite(test.Statistic), NumberForm.Finite(test.Probability),
            NumberForm.Finite(contrast.Corrected), contrast.Corrected <= 1 - level, inRule)
        {
            NotCompared = test.Reason == Twin.Segments.Differences.NotCompared.None ? null : test.Reason,
        };
    }
}

/// <summary><c>GET /v1/segments/{name}/difference</c>.</summary>
internal static class DifferenceEndpoint
{
    private const string Rest = "rest";
    private const double DefaultLevel = 0.95;

    public static void MapDifference(this IEndpointRouteBuilder app) =>
        app.Map(SegmentRoutes.Difference, ReadAsync).Produces<DifferenceForm>().WithProblems(400, 404, 422);

    private static async Task<Results<JsonHttpResult<DifferenceForm>, ProblemResult>> ReadAsync(
        string name, string? from, double? level, HttpContext http, ITwinHost host)
    {
        var sure = level ?? DefaultLevel;
        if (sure is not (>= 0.5 and <= 0.9999))
            return new ProblemResult(ProblemKind.Malformed, $"level is {level}; it must be 0.5 to 0.9999.");
        var reading = await host.ReadSegmentsAsync(http.RequestAborted);
        var plan = reading.Tallies.Plan;
        var slot = plan.Segmentation.Find(name);
        if (slot < 0) return SegmentLookup.NotFound(plan, name);
        var other = from is null or Rest ? -1 : plan.Segmentation.Find(from);
        if (from is not (null or Rest) && other < 0)
            return new ProblemResult(ProblemKind.Malformed, $"{SegmentLookup.NoSuch(plan, from)}, and rest.");
        if (other == slot) return new ProblemResult(ProblemKind.Malformed, $"'{name}' does not differ from itself.");
        var sides = other < 0 ? AgainstRest(reading, slot) : Against(reading, slot, other);
        if (sides is not var (those, others, shares)) return TooMany();
        var rule = plan.Segments[slot].Rule;
        var read = rule.NumbersRead.ToArray().Select(number => plan.Vector.NumberNames[number]).ToHashSet(
            StringComparer.Ordinal);
        var readsStage = rule.TextsRead.Contains(VectorPlan.StageText);
        return TypedResults.Json(
            new DifferenceForm(
                name, other < 0 ? Rest : plan.Segments[other].Name, sure, reading.At, reading.IsComplete, those.Size,
                others.Size,
                [
                    .. GroupContrasts.Of(plan, those, others, shares, sure).Select(contrast => ContrastForm.Show(
                        contrast, contrast.Of == ContrastOf.Stage ? readsStage : read.Contains(contrast.Name), sure)),
                ]),
            WireJson.Options);
    }

    /// <summary>Against all who are not in it: what is tallied of everybody, less what is tallied of it.</summary>
    private static (GroupFigures Those, GroupFigures Others, List<SharePair> Shares)? AgainstRest(
        SegmentsReading reading, int slot)
    {
        var (tallies, plan) = (reading.Tallies, reading.Tallies.Plan);
        var (all, part) = (tallies.OfEverybody(plan.Segments[slot].Purpose), tallies.OfSegment(slot));
        var shares = Alike(plan, slot, -1).Select(third =>
        {
            var both = tallies.Overlap(slot, third);
            return new SharePair(
                ContrastOf.Segment, plan.Segments[third].Name, both, part.Size, tallies.Overlap(third, third) - both,
                all.Size - part.Size);
        });
        return (GroupFigures.Of(part), GroupFigures.Rest(all, part), [.. shares]);
    }

    /// <summary>Against those of another who are not in it, as nobody can stand on both sides.</summary>
    private static (GroupFigures Those, GroupFigures Others, List<SharePair> Shares)? Against(
        SegmentsReading reading, int slot, int other)
    {
        var (tallies, plan) = (reading.Tallies, reading.Tallies.Plan);
        var purpose = plan.Segments[slot].Purpose;
        if (tallies.OfSet(purpose, mask => mask.Has(other) && !mask.Has(slot)) is not { } others) return null;
        var part = tallies.OfSegment(slot);
        List<SharePair> shares = [];
        foreach (var third in Alike(plan, slot, other))
        {
            var theirs = tallies.OfSet(purpose, mask => mask.Has(other) && !mask.Has(slot) && mask.Has(third));
            shares.Add(new SharePair(
                ContrastOf.Segment, plan.Segments[third].Name, tallies.Overlap(slot, third), part.Size,
                theirs?.Size ?? 0, others.Size));
        }
        return (GroupFigures.Of(part), GroupFigures.Of(others), shares);
    }

    // Who is in a segment that serves another purpose may not be known for this one.
    private static IEnumerable<int> Alike(TwinPlan plan, int slot, int other) =>
        Enumerable.Range(0, plan.Segments.Count).Where(third =>
            third != slot && third != other && plan.Segments[third].Purpose == plan.Segments[slot].Purpose);

    /// <summary>The answer where sets of segments are not known one by one.</summary>
    public static ProblemResult TooMany() => new(
        ProblemKind.NotPossible,
        $"Customers are in more than {SegmentTallies.MaxAtoms} different combinations of segments, too many to keep "
        + "apart. Compare with rest, or take segments away.");
}
