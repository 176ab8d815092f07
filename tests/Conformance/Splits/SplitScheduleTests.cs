using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>
/// Schedules of customers that are merged and split: 100 scripts with 10 random histories each, every one under four
/// schedules of crashes, repetitions and delays.
/// </summary>
public sealed class SplitScheduleTests(ITestOutputHelper output) : ScheduleTests(output)
{
    /// <inheritdoc/>
    protected override Workload Workload { get; } = new SplitWorkload();

    /// <inheritdoc/>
    protected override ulong FirstSeed => 20_000_000;

    /// <inheritdoc/>
    protected override ulong Count => 400;

    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, ulong> CatchingSeeds { get; } =
        new Dictionary<string, ulong>(StringComparer.Ordinal)
        {
            [nameof(Sabotage.AcknowledgesBeforeCommit)] = 1,
            [nameof(Sabotage.DropsEffects)] = 1,
            [nameof(Sabotage.SkipsRedelivery)] = 1,
            [nameof(Sabotage.ServesUncommittedReads)] = 1,
            [nameof(Sabotage.TrustsTornWrites)] = 1,
            [nameof(Sabotage.KeepsForgotten)] = 1,
        };
}
