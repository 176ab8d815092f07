using System.Text.Json.Serialization;
using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.Segments;

namespace DToC.Http.Segments;

/// <summary>A segment as it is told by its rule.</summary>
/// <param name="Purpose">The purpose it serves.</param>
/// <param name="Rule">Holds for its members.</param>
/// <param name="Origin">Who made it: definition, or beside it.</param>
internal sealed record SegmentRuleForm(
    string Name, string Purpose, string Rule, string Description, SegmentOrigin Origin)
{
    /// <summary>A segment as it is shown.</summary>
    public static SegmentRuleForm Of(SegmentDefinition segment) => new(
        segment.Name, segment.Purpose.Name, segment.Rule.Text, segment.Description,
        segment.IsAdded ? SegmentOrigin.Added : SegmentOrigin.Definition);
}

/// <summary>Where a segment stands.</summary>
internal enum SegmentOrigin
{
    /// <summary>In the definition.</summary>
    Definition,

    /// <summary>Beside it: made, and taken away, over the API.</summary>
    Added,

    /// <summary>Everybody, who are no segment that anybody made.</summary>
    Everybody,
}

/// <summary>How soon a segment shows what time alone does to its members.</summary>
/// <param name="Kind">still: nothing; computed: the moment is known; ticked: looked at again so often.</param>
/// <param name="LateSeconds">By so much its members may be late.</param>
internal sealed record SegmentTimingForm(TimingKind Kind, double LateSeconds)
{
    // A wake-up comes within a second of its moment.
    private const double WakeUpSeconds = 1;

    /// <summary>A segment's timing as it is shown.</summary>
    public static SegmentTimingForm Of(SegmentPlan segment, SegmentationPlan plan) => new(
        segment.Timing.Kind,
        segment.Timing.Kind switch
        {
            TimingKind.Still => 0,
            TimingKind.Computed => WakeUpSeconds,
            _ => WakeUpSeconds + plan.TickMs / 1000.0,
        });
}

/// <summary>All segments, in short.</summary>
/// <param name="AsOf">As of when.</param>
/// <param name="IsComplete">False while customers are still being looked through: sizes are then too small.</param>
/// <param name="Everybody">How many customers there are.</param>
internal sealed record SegmentsForm(
    Instant AsOf, bool IsComplete, long Everybody, IReadOnlyList<SegmentShortForm> Segments);

/// <summary>A segment in a list.</summary>
internal sealed record SegmentShortForm(
    string Name, string Purpose, string Rule, string Description, SegmentOrigin Origin, SegmentTimingForm Time,
    long Size, bool IsSeeded);

/// <summary>A segment's twin.</summary>
/// <param name="Time">How soon it shows what time alone does.</param>
/// <param name="AsOf">As of when.</param>
/// <param name="IsComplete">False while customers are still being looked through.</param>
/// <param name="Size">Members.</param>
/// <param name="Counted">What was counted of them.</param>
/// <param name="Sample">A uniform sample of members, at most 256.</param>
internal sealed record SegmentTwinForm(
    string Name, string Purpose, string? Rule, string Description, SegmentOrigin Origin, SegmentTimingForm? Time,
    Instant AsOf, bool IsComplete, long Size, TallyForm Counted, IReadOnlyList<string> Sample)
{
    /// <summary>Who came and went; null of everybody.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SegmentMoves? Moves { get; init; }

    /// <summary>What is believed and was not counted; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SeedForm? Seeded { get; init; }

    /// <summary>A segment as it is shown.</summary>
    public static SegmentTwinForm Of(TwinPlan plan, int slot, SegmentsReading reading)
    {
        var rule = SegmentRuleForm.Of(plan.Definition.Segments.Single(s => s.Name == plan.Segments[slot].Name));
        var tally = reading.Tallies.OfSegment(slot);
        return new SegmentTwinForm(
            rule.Name, rule.Purpose, rule.Rule, rule.Description, rule.Origin,
            SegmentTimingForm.Of(plan.Segments[slot], plan.Segmentation), reading.At, reading.IsComplete, tally.Size,
            TallyForm.Of(tally), reading.Sample(slot))
        {
            Moves = reading.Moves(slot),
            Seeded = plan.Seeds.TryGetValue(rule.Name, out var seed) ? SeedForm.Of(seed) : null,
        };
    }

    /// <summary>Everybody, for a purpose.</summary>
    public static SegmentTwinForm OfEverybody(TwinPlan plan, int purpose, SegmentsReading reading)
    {
        var tally = reading.Tallies.OfEverybody(purpose);
        return new SegmentTwinForm(
            SegmentLookup.Everybody, plan.Consent.Purposes[purpose], null, "", SegmentOrigin.Everybody, null,
            reading.At, reading.IsComplete, tally.Size, TallyForm.Of(tally), reading.SampleOfEverybody());
    }
}

/// <summary>What is believed of a segment and was not counted.</summary>
/// <param name="Size">How many customers; null when that was not said.</param>
/// <param name="Source">Where it comes from.</param>
/// <param name="Numbers">By feature.</param>
/// <param name="Scores">By score.</param>
internal sealed record SeedForm(
    double? Size, string Source, IReadOnlyDictionary<string, SeededNumberForm> Numbers,
    IReadOnlyDictionary<string, SeededNumberForm> Scores)
{
    /// <summary>A seed as it is shown.</summary>
    public static SeedForm Of(SegmentSeed seed) => new(seed.Size, seed.Source, Of(seed.Numbers), Of(seed.Scores));

    private static Dictionary<string, SeededNumberForm> Of(IReadOnlyDictionary<string, SeededNumber> numbers) =>
        numbers.ToDictionary(
            number => number.Key, number => new SeededNumberForm(number.Value.Mean, number.Value.Deviation),
            StringComparer.Ordinal);
}

/// <summary>A mean that is believed, with its deviation over customers where that was said.</summary>
internal sealed record SeededNumberForm(
    double Mean, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? Deviation);
