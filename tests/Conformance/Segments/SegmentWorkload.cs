using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Plan;
using DToC.Twin.Segments;

namespace DToC.Conformance;

/// <summary>
/// The customers of the shop under a definition with segments: in the end every membership, count, sum and quantile is
/// what a scan over all twins gives, and memberships that time ends have ended.
/// </summary>
public sealed class SegmentWorkload : ShopWorkload
{
    // So close to a moment that changes a membership its wake-up may be under way.
    private const long LatestMs = 1_000;

    private readonly CustomerWorkload _customers = new();

    /// <inheritdoc/>
    public override GrainCatalog Grains => _customers.Grains;

    /// <inheritdoc/>
    public override TwinPlan Plan => SegmentPlans.First;

    /// <inheritdoc/>
    public override Script Draw(ulong seed)
    {
        var script = _customers.Draw(seed);
        return script with { Replacement = script.Replacement is null ? null : SegmentPlans.Second };
    }

    /// <inheritdoc/>
    public override Verdict Judge(Script script, ScheduleEnd end, ScheduleEnd faultless)
    {
        var plans = new PlanCatalog(script.Replacement ?? SegmentPlans.First, [SegmentPlans.First]);
        var scan = new SegmentScan(plans.Current);
        List<string> problems = [];
        var timed = 0;
        foreach (var key in script.Keys.Where(k => k.Kind == GrainKind.Customer && !end.IsErased(k)))
        {
            if (end.States[key] is not { } stored) continue;
            var activation = CustomerCodec.Read(stored.Bytes.Span, plans);
            problems.AddRange(scan.Take(key.Id, activation));
            if (activation.Twin.MovedTo is not null) continue;
            problems.AddRange(Late(key, activation, script.WakeUpsUntil, ref timed));
        }
        problems.AddRange(scan.Differences(end.Segments));
        return new Verdict(problems,
        [
            ("memberships", scan.Memberships), ("moves", scan.Moves), ("memberships that time has ended", timed),
            ("events", script.Clients.SelectMany(c => c).Select(s => s.Message).OfType<CustomerMessage.Observe>()
                .Sum(o => (long)o.Events.Count)),
        ]);
    }

    /// <summary>What time alone has changed at a computed moment is known by now.</summary>
    private static List<string> Late(GrainKey key, CustomerActivation activation, Instant until, ref int timed)
    {
        List<string> late = [];
        var plan = activation.Twin.Plan;
        var now = Instant.Max(until, activation.Segments.At);
        for (var i = 0; i < plan.Segments.Count; i++)
        {
            var segment = plan.Segments[i];
            if (segment.Timing.Kind == TimingKind.Ticked) continue;
            var isIn = SegmentScan.IsIn(activation.Twin, segment, now);
            if (isIn != SegmentScan.IsIn(activation.Twin, segment, now.PlusMs(-LatestMs))) continue;
            if (!isIn && SegmentScan.IsIn(activation.Twin, segment, activation.Twin.LatestAt)) timed++;
            if (isIn != activation.Segments.Members.Has(i))
                late.Add($"At {now} {key} has been {(isIn ? "in" : "out of")} {segment.Name} for a second, "
                    + $"and was looked at last at {activation.Segments.At}.");
        }
        return late;
    }
}
