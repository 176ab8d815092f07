using DToC.Grains;
using DToC.Twin.Decisions;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// Wake-ups: the last one that a family asked for has come and was decided on, and none was decided on twice.
/// </summary>
internal sealed class WakeUpJudgement(CustomersEnd customers)
{
    public IEnumerable<string> Problems()
    {
        foreach (var root in customers.Survivors)
        {
            var family = customers.Family(root);
            var asked = family.SelectMany(key => Asked(key, isForgotten: true)).ToList();
            var fired = family.SelectMany(Fired).ToList();
            if (fired.Count > asked.Count)
            {
                yield return $"{root} asked for {asked.Count} wake-ups and was woken {fired.Count} times.";
            }
            // What was forgotten takes the wake-ups with it that it had asked for.
            asked = family.SelectMany(key => Asked(key, isForgotten: false)).ToList();
            if (asked.Count == 0 || fired.Exists(at => at >= asked.Max())) continue;
            var came = string.Join(", ", fired);
            yield return $"{root} asked to be woken at {asked.Max()} ms and never was; {came} came.";
        }
    }

    /// <summary>Moments asked for: each turn whose events move the last one asks for the delay behind it.</summary>
    /// <param name="key">Who asked.</param>
    /// <param name="isForgotten">Whether events count that were forgotten since.</param>
    private IEnumerable<long> Asked(GrainKey key, bool isForgotten)
    {
        var last = long.MinValue;
        var events = customers.Events(key).Where(e => isForgotten || !customers.IsForgotten(key, e.Entry));
        foreach (var turn in events.GroupBy(e => e.Entry.Seed))
        {
            var before = last;
            foreach (var (_, e, _) in turn)
            {
                if (e.Type == TypeOf(CustomerPlans.Added)) last = Math.Max(last, e.OccurredAt.UnixMs);
            }
            var at = last + CustomerPlans.CartDelayMs;
            if (last > before && at > turn.First().Entry.RecordedAt.UnixMs) yield return at;
        }
    }

    private int TypeOf(string name) =>
        customers.Plans.Current.Events.TypeIndex.Find(System.Text.Encoding.UTF8.GetBytes(name));

    private IEnumerable<long> Fired(GrainKey key)
    {
        foreach (var entry in customers.Journal(key).Where(e => e.Kind == JournalKind.Decision))
        {
            var record = DecisionRecord.Read(DToC.Twin.State.Envelope.Open(entry.Payload.Span));
            var decisions = customers.Plans.Find(record.PlanHash)!.Decisions; // checked with the decisions
            var trigger = decisions.TriggerName(record.Inputs.Trigger);
            if (trigger == CustomerPlans.CartLeft) yield return record.Inputs.Now.UnixMs;
        }
    }
}
