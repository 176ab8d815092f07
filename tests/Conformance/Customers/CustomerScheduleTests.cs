using DToC.Grains;
using Xunit.Abstractions;

namespace DToC.Conformance;

/// <summary>Schedules of customers.</summary>
public sealed class CustomerScheduleTests(ITestOutputHelper output) : ScheduleTests(output)
{
    /// <inheritdoc/>
    protected override Workload Workload { get; } = new CustomerWorkload();
}
